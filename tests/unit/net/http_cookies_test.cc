#include <algorithm>

#include "http_fixture.h"
#include "net/cookie_jar.h"
#include "support/catch.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using namespace loadrun::test;

namespace {

/// The Cookie headers of a request as the server got it, one a line.
std::string cookies_of(const std::string& request) {
  std::string found;
  std::size_t at = 0;
  while ((at = request.find("\r\nCookie: ", at)) != std::string::npos) {
    at += 10;
    found += (found.empty() ? "" : "\n") + request.substr(at, request.find("\r\n", at) - at);
  }
  return found;
}

std::vector<std::string> all_cookies_of(const TcpServer& server) {
  std::vector<std::string> cookies;
  for (const std::string& request : server.requests()) cookies.push_back(cookies_of(request));
  return cookies;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a jar stores what a response sets and sends it with the next request") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes =
                     response("200 OK", "", "Set-Cookie: a=1\r\nset-cookie: b=x y; path=/y\r\n")};
  });
  HttpFixture http;
  const auto jar = std::make_shared<CookieJar>();
  CHECK(http.send({.url = server.url("/x"), .jar = jar}).sent_cookies.empty());
  CHECK(http.send({.url = server.url("/y"), .jar = jar}).sent_cookies == "b=\"x y\"; a=1");
  http.send({.url = server.url("/y")});
  CHECK(jar.use_count() == 1);
  CHECK(all_cookies_of(server) == Texts{"", "b=\"x y\"; a=1", ""});
}

TEST_CASE(
    "a request's own header comes first, then its cookies, then the jar's but for replaced ones") {
  TcpServer server([](const std::string&) { return Reply{.bytes = response("200 OK", "")}; });
  HttpFixture http;
  const auto jar = std::make_shared<CookieJar>();
  const CookieScope scope = *CookieScope::of(server.url());
  jar->set(scope, {.name = "a", .value = "jar"}, WallTime(0));
  jar->set(scope, {.name = "b", .value = "jar"}, WallTime(0));
  const std::vector<RequestCookie> cookies = {{"a", "1"}, {"b", "2", true}, {"c", "x;y"}};
  http.send({.url = server.url(), .headers = {{"cookie", "o=0"}}, .cookies = cookies, .jar = jar});
  http.send({.url = server.url(), .cookies = cookies, .jar = jar});
  http.send({.url = server.url(), .cookies = {{"d", "3"}}});
  std::string lower = server.requests().at(0);
  lower.replace(lower.find("cookie:"), 6, "Cookie");
  CHECK(cookies_of(lower) == "o=0; a=1; b=2; c=xy; a=jar");
  CHECK(cookies_of(server.requests().at(1)) == "a=1; b=2; c=xy; a=jar");
  CHECK(cookies_of(server.requests().at(2)) == "d=3");
}

TEST_CASE("every hop stores and sends; of the own header nothing follows a redirect") {
  TcpServer server([](const std::string& request) {
    if (request.starts_with("GET /set")) {
      return Reply{.bytes = response("302 Found", "",
                                     "Location: /deep/set\r\nSet-Cookie: a=1; path=/\r\n"
                                     "Set-Cookie: b=2; path=/else\r\n")};
    }
    if (request.starts_with("GET /deep/set")) {
      return Reply{.bytes = response("302 Found", "",
                                     "Location: /last\r\nSet-Cookie: a=; max-age=0; path=/\r\n"
                                     "Set-Cookie: d=4\r\n")};
    }
    return Reply{.bytes = response("200 OK", "", "Set-Cookie: z=9\r\n")};
  });
  HttpFixture http;
  const auto jar = std::make_shared<CookieJar>();
  const HttpResult result = http.send({.url = server.url("/set"),
                                       .headers = {{"Cookie", "o=0"}},
                                       .cookies = {{"c", "3"}},
                                       .jar = jar});
  CHECK(result.exchanges.size() == 3);
  CHECK(result.sent_cookies == "o=0; c=3");
  CHECK(all_cookies_of(server) == Texts{"o=0; c=3", "c=3; a=1", "c=3"});
  http.send({.url = server.url("/deep/x"), .jar = jar});
  CHECK(cookies_of(server.requests().back()) == "d=4; z=9");
}

TEST_CASE("a redirect that is not followed has set its cookies too") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = response("302 Found", "", "Location: /x\r\nSet-Cookie: a=1\r\n")};
  });
  HttpFixture http;
  const auto jar = std::make_shared<CookieJar>();
  http.send({.url = server.url(), .max_redirects = 0, .jar = jar});
  CHECK_FALSE(jar->empty());
}

TEST_CASE("a response that breaks off sets nothing") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nSet-Cookie: a=1\r\n\r\nx",
                 .then = Reply::Then::kClose};
  });
  HttpFixture http;
  const auto jar = std::make_shared<CookieJar>();
  CHECK(http.send({.url = server.url(), .jar = jar}).exchanges.back().status == 0);
  CHECK(jar->empty());
}

TEST_CASE("bytes that no header may have do not reach the wire in a cookie's name") {
  TcpServer server([](const std::string&) { return Reply{.bytes = response("200 OK", "")}; });
  HttpFixture http;
  const HttpResult nul =
      http.send({.url = server.url(), .cookies = {{std::string("a\0b", 3), "1"}}});
  CHECK(nul.exchanges.back().error == "net/http: invalid header field value for \"Cookie\"");
  http.send({.url = server.url(), .cookies = {{"a\r\nX: y", "1\r\nZ: z"}}});
  CHECK(all_cookies_of(server) == Texts{"a--X: y=\"1Z: z\""});
}

TEST_CASE("requests in flight share a jar and may outlive its other owners") {
  TcpServer server([](const std::string& request) {
    return Reply{.bytes = response(
                     "200 OK", "",
                     request.starts_with("GET /a") ? "Set-Cookie: a=1\r\n" : "Set-Cookie: b=2\r\n"),
                 .delay = 20ms};
  });
  HttpFixture http;
  auto jar = std::make_shared<CookieJar>();
  HttpFixture::Call a, b, c;
  http.start(a, {.url = server.url("/a"), .jar = jar});
  http.start(b, {.url = server.url("/b"), .jar = jar});
  http.wait(a);
  http.wait(b);
  http.start(c, {.url = server.url("/c"), .jar = std::move(jar)});
  http.wait(c);
  const std::string last = cookies_of(server.requests().back());
  CHECK((last == "a=1; b=2" || last == "b=2; a=1"));
}
