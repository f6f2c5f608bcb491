#include <string>
#include <vector>

#include "base/host_patterns.h"
#include "base/host_table.h"
#include "base/ip_address.h"
#include "base/ip_pool.h"
#include "support/catch.h"

namespace loadrun {
namespace {

IpAddress ip(const std::string& text) {
  const auto address = IpAddress::parse(text);
  REQUIRE(address.has_value());
  return *address;
}

TEST_CASE("addresses are read and written in their shortest notation") {
  CHECK(ip("127.0.0.1").text() == "127.0.0.1");
  CHECK(ip("0:0::1").text() == "::1");
  CHECK(ip("::ffff:1.2.3.4") == ip("1.2.3.4"));
  CHECK(ip("1.2.3.4").bytes().size() == 4);
  CHECK(ip("::").bytes().size() == 16);
  for (const char* wrong : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "[::1]", "::1%lo", "host"}) {
    INFO(wrong);
    CHECK_FALSE(IpAddress::parse(wrong).has_value());
  }
}

TEST_CASE("a block holds the addresses with its first bits") {
  const auto block = CidrBlock::parse("10.1.2.3/9");
  REQUIRE(block.ok());
  CHECK(block.value().text() == "10.0.0.0/9");
  CHECK(block.value().contains(ip("10.127.255.255")));
  CHECK_FALSE(block.value().contains(ip("10.128.0.0")));
  CHECK_FALSE(block.value().contains(ip("::a00:1")));
  CHECK(CidrBlock::parse("0.0.0.0/0").value().contains(ip("255.1.2.3")));
  CHECK(CidrBlock::parse("::1/128").value().contains(ip("::1")));
  for (const char* wrong :
       {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "/8"}) {
    INFO(wrong);
    REQUIRE_FALSE(CidrBlock::parse(wrong).ok());
    CHECK(CidrBlock::parse(wrong).error().message == "invalid CIDR address: " + std::string(wrong));
  }
}

TEST_CASE("a pool is its parts in their order, over and over") {
  const auto parsed = IpPool::parse("10.0.0.9, 10.0.1.254-10.0.2.1,10.0.3.0/30,10.0.4.0/31,::1");
  REQUIRE(parsed.ok());
  const IpPool& pool = parsed.value();
  const std::vector<std::string> all{"10.0.0.9", "10.0.1.254", "10.0.1.255", "10.0.2.0", "10.0.2.1",
                                     "10.0.3.1", "10.0.3.2",   "10.0.4.0",   "10.0.4.1", "::1"};
  REQUIRE(pool.size() == all.size());
  for (std::size_t i = 0; i < 2 * all.size(); ++i) CHECK(pool.at(i).text() == all[i % all.size()]);
  CHECK(IpPool::parse("::/0").value().at(258).text() == "::102");
  CHECK(IpPool::parse("::/0,::/0").value().size() == 18'446'744'073'709'551'615U);
}

TEST_CASE("the wrong part of a pool is named") {
  for (const char* wrong : {"", "10.0.0.1,", "10.0.0.1,x", "10.0.0.1-x", "10.0.0.2-10.0.0.1"}) {
    INFO(wrong);
    CHECK_FALSE(IpPool::parse(wrong).ok());
  }
  CHECK(IpPool::parse("10.0.0.1,x").error().message.find("\"x\" is not a valid IP") == 0);
}

TEST_CASE("of several patterns the most specific one counts") {
  HostPatterns patterns;
  for (const char* pattern : {"*", "*.io", "*.a.io", "b.a.io"}) patterns.add(pattern);
  CHECK(*patterns.match("B.A.io") == "b.a.io");
  CHECK(*patterns.match("c.a.io") == "*.a.io");
  CHECK(*patterns.match("a.io") == "*.io");
  CHECK(*patterns.match("io") == "*");
  CHECK(HostPatterns().match("io") == nullptr);
}

TEST_CASE("patterns have their wildcard at the beginning") {
  for (const char* good : {"*", "*.a", "*a.b", "a-b.c", "a_b", "a:80", "*.a:443", "127.0.0.1"}) {
    INFO(good);
    CHECK(HostPatterns::is_valid(good));
  }
  for (const char* wrong : {"", "a*", "a.*.b", "**", ".a", "a..b", "-a", "a:", "a:x", "a:123456"}) {
    INFO(wrong);
    CHECK_FALSE(HostPatterns::is_valid(wrong));
  }
}

TEST_CASE("an entry of a table for a port goes before one for the host") {
  HostTable table;
  table.add("*.A.io", Endpoint::parse("1.1.1.1").value());
  table.add("b.a.io", Endpoint::parse("2.2.2.2:8080").value());
  table.add("*.a.io:443", Endpoint::parse("[::3]:8443").value());
  CHECK(table.find("x.a.io", 80)->text() == "1.1.1.1:80");
  CHECK(table.find("B.a.io", 80)->text() == "2.2.2.2:8080");
  CHECK(table.find("b.a.io", 443)->text() == "[::3]:8443");
  CHECK_FALSE(table.find("a.io", 80).has_value());
}

TEST_CASE("an endpoint without an address or with another port is refused") {
  for (const char* wrong : {"", "host", "host:80", "[::1]", "1.2.3.4:-1"}) {
    INFO(wrong);
    CHECK_FALSE(Endpoint::parse(wrong).ok());
  }
  CHECK(Endpoint::parse("1.2.3.4:70000").error().message ==
        "port 70000 is out of range (expected 0 to 65535)");
}

}  // namespace
}  // namespace loadrun
