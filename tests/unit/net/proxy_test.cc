// What is read as a proxy, and which requests the environment's proxies are for.

#include <map>
#include <string>
#include <vector>

#include "net/environment_proxies.h"
#include "net/proxy_url.h"
#include "net/route_options.h"
#include "support/catch.h"

using namespace loadrun::net;

namespace {

std::string parsed(std::string_view text) {
  const auto proxy = parse_proxy_url(text);
  return proxy.ok() ? proxy.value() : "";
}

std::shared_ptr<const EnvironmentProxies> environment(
    const std::map<std::string, std::string>& variables, std::vector<std::string>& warnings) {
  return EnvironmentProxies::read(
      [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      },
      warnings);
}

}  // namespace

TEST_CASE("proxy URLs get Go's ports and a SOCKS proxy that looks names up") {
  CHECK(parsed("proxy.test") == "http://proxy.test:80");
  CHECK(parsed("proxy.test:3128") == "http://proxy.test:3128");
  CHECK(parsed("HTTP://u:p%40@proxy.test:3128/") == "http://u:p%40@proxy.test:3128");
  CHECK(parsed("u:p@proxy.test:3128") == "http://u:p@proxy.test:3128");
  CHECK(parsed("https://proxy.test") == "https://proxy.test:443");
  CHECK(parsed("socks5://u:p@[::1]") == "socks5h://u:p@[::1]:1080");
}

TEST_CASE("what is no proxy is refused without saying what was given") {
  for (const char* text :
       {"ftp://secret@host", "http://", "http://secret@", "http://secret host",
        "http://secret:x@host:port", "socks4://secret", "http://secret\r\nX: y"}) {
    INFO(text);
    const auto proxy = parse_proxy_url(text);
    REQUIRE_FALSE(proxy.ok());
    CHECK(proxy.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("the address of a proxy is what is behind its credentials") {
  CHECK(proxy_address("http://u:p@host:80") == "host:80");
  CHECK(proxy_address("http://host:80") == "host:80");
}

TEST_CASE("heads are shown without the proxy's credentials") {
  CHECK(
      without_proxy_credentials("GET / HTTP/1.1\r\nproxy-authorization: Basic eA==\r\nA: b\r\n") ==
      "GET / HTTP/1.1\r\nproxy-authorization: ***\r\nA: b\r\n");
  CHECK(without_proxy_credentials("GET / HTTP/1.1\r\nA: b\r\n") == "GET / HTTP/1.1\r\nA: b\r\n");
}

// Go's own table (golang.org/x/net/http/httpproxy) has the same rules.
TEST_CASE("NO_PROXY") {
  struct Case {
    const char* list;
    const char* host;
    const char* port;
    bool excluded;
  };
  const Case cases[] = {
      {"", "localhost", "80", true},
      {"", "LOCALHOST", "80", true},
      {"", "127.0.0.1", "80", true},
      {"", "127.9.9.9", "80", true},
      {"", "::1", "80", true},
      {"", "126.0.0.1", "80", false},
      {"", "example.com", "80", false},
      {"*", "example.com", "80", true},
      {"a.test,*", "10.0.0.1", "80", true},
      {"example.com", "example.com", "80", true},
      {"EXAMPLE.com", "example.COM", "80", true},
      {"example.com", "sub.example.com", "443", true},
      {"example.com", "notexample.com", "80", false},
      {".example.com", "example.com", "80", false},
      {".example.com", "sub.example.com", "80", true},
      {"*.example.com", "sub.example.com", "80", true},
      {"*.example.com", "example.com", "80", false},
      {" x.test , example.com ", "example.com", "80", true},
      {"example.com:80", "example.com", "80", true},
      {"example.com:80", "example.com", "81", false},
      {"10.1.2.3", "10.1.2.3", "80", true},
      {"10.1.2.3:81", "10.1.2.3", "80", false},
      {"10.1.2.3", "10.1.2.4", "80", false},
      {"10.0.0.0/8", "10.200.1.1", "80", true},
      {"10.0.0.0/8", "11.0.0.0", "80", false},
      {"10.4.0.0/14", "10.7.255.255", "80", true},
      {"10.4.0.0/14", "10.8.0.0", "80", false},
      {"10.0.0.0/33", "10.0.0.0", "80", false},
      {"0.0.0.0/0", "8.8.8.8", "80", true},
      {"0.0.0.0/0", "2001:db8::1", "80", false},
      {"2001:db8::/32", "2001:db8:1::1", "80", true},
      {"[2001:db8::1]:80", "2001:db8::1", "80", true},
      {"[2001:db8::1]:81", "2001:db8::1", "80", false},
      {"2001:db8::1", "2001:db8::1", "80", true},
      {":80,,/8,[", "example.com", "80", false},
  };
  for (const Case& c : cases) {
    INFO(c.list << " | " << c.host << ":" << c.port);
    CHECK(NoProxy(c.list).excludes(c.host, c.port) == c.excluded);
  }
}

TEST_CASE("the environment names proxies by scheme, in capitals first") {
  std::vector<std::string> warnings;
  CHECK(environment({}, warnings) == nullptr);
  CHECK(environment({{"NO_PROXY", "a"}, {"ALL_PROXY", "http://a"}, {"HTTP_PROXY", ""}}, warnings) ==
        nullptr);
  const auto proxies = environment({{"HTTP_PROXY", "one:1"},
                                    {"http_proxy", "two:2"},
                                    {"https_proxy", "three:3"},
                                    {"no_proxy", "direct.test:8080"}},
                                   warnings);
  REQUIRE(proxies != nullptr);
  CHECK(proxies->proxy_for("http://a.test/") == "http://one:1");
  CHECK(proxies->proxy_for("HTTPS://u:p@a.test/x?y") == "http://three:3");
  CHECK(proxies->proxy_for("http://direct.test:8080/").empty());
  CHECK(proxies->proxy_for("http://direct.test/") == "http://one:1");
  CHECK(proxies->proxy_for("http://[::1]:80/").empty());
  CHECK(warnings.empty());
}

TEST_CASE("a variable that is no proxy is left out with a warning, as Go leaves it out without") {
  std::vector<std::string> warnings;
  const auto proxies =
      environment({{"http_proxy", "ftp://me:secret@a"}, {"HTTPS_PROXY", "b:1"}}, warnings);
  REQUIRE(proxies != nullptr);
  CHECK(proxies->proxy_for("http://a.test/").empty());
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("http_proxy") != std::string::npos);
  CHECK(warnings[0].find("secret") == std::string::npos);
}

TEST_CASE("tunnels are kept for the first credentials of an address") {
  TunnelOwners owners;
  CHECK(owners.may_keep("http://a:1@proxy:80"));
  CHECK_FALSE(owners.may_keep("http://b:2@proxy:80"));
  CHECK_FALSE(owners.may_keep("http://proxy:80"));
  CHECK(owners.may_keep("http://other:80"));
  CHECK(owners.may_keep("http://a:1@proxy:80"));
}
