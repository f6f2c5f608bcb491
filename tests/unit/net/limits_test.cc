#include "net/limits.h"

#include "support/catch.h"

using namespace loadrun::net;

TEST_CASE("what is enough is not talked about") {
  CHECK(shortages({.descriptors = 1040, .ports = 1000}, {.vus = 1000, .workers = 2}).empty());
  CHECK(shortages({.descriptors = 1040, .ports = 0}, {.vus = 1000, .workers = 2}).empty());
}

TEST_CASE("too few descriptors: how many are needed, and how to get them") {
  const auto found = shortages({.descriptors = 1039, .ports = 28232}, {.vus = 1000, .workers = 2});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("1000 VUs with a connection each need 1040 open files") == 0);
  CHECK(found[0].find("may have 1039") != std::string::npos);
  CHECK(found[0].find("ulimit -n 1040") != std::string::npos);
}

TEST_CASE("too few ports") {
  const auto found =
      shortages({.descriptors = 1'000'000, .ports = 28232}, {.vus = 28233, .workers = 2});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("this machine has 28232") != std::string::npos);
  CHECK(found[0].find("net.ipv4.ip_local_port_range") != std::string::npos);
}

TEST_CASE("every local address has its ports") {
  const ClientLimits limits{.descriptors = 1'000'000, .ports = 1000};
  CHECK(shortages(limits, {.vus = 3000, .local_addresses = 3}).empty());
  CHECK(shortages(limits, {.vus = 3000, .local_addresses = ~0ULL}).empty());
  const auto found = shortages(limits, {.vus = 3001, .local_addresses = 3});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("this machine has 3000") != std::string::npos);
}

TEST_CASE("this machine has limits") {
  const ClientLimits limits = client_limits();
  CHECK(limits.descriptors > 100);
  CHECK(limits.ports > 100);
}
