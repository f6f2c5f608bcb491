// What goes over the wire, byte by byte.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "http_fixture.h"
#include "support/catch.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;

namespace {

TcpServer::Handler ok() {
  return [](const std::string& request) {
    return Reply{.bytes = request.starts_with("HEAD")
                              ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
                              : response("200 OK", "x")};
  };
}

std::string host(const TcpServer& server) {
  return fmt::format("Host: 127.0.0.1:{}\r\n", server.port());
}

}  // namespace

TEST_CASE("nothing but User-Agent and Host is added to a request") {
  TcpServer server(ok());
  HttpFixture http;
  http.get(server.url("/p?q=1#fragment"));
  CHECK(server.requests().at(0) ==
        "GET /p?q=1 HTTP/1.1\r\n" + host(server) + "User-Agent: test/1\r\n\r\n");
}

TEST_CASE("a URL that is asked for again and again is sent the same, and so is the one after it") {
  TcpServer server(ok());
  HttpFixture http;
  const std::vector<std::string> targets = {
      "/a?x=%20[1]", "/a?x=%20[1]", "/a?x=%20[1]", "/b/../c", "/b/../c", "/a?x=%20[1]", "/"};
  for (const std::string& target : targets) http.get(server.url(target));
  REQUIRE(server.requests().size() == targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i)
    CHECK(server.requests()[i].starts_with("GET " + targets[i] + " HTTP/1.1\r\n"));
  const std::string with_user = fmt::format("http://me:pass@127.0.0.1:{}/", server.port());
  for (int i = 0; i < 3; ++i) http.get(with_user);
  http.get(server.url("/"));
  CHECK(server.requests()[9].find("Authorization: Basic bWU6cGFzcw==") != std::string::npos);
  CHECK(server.requests()[10].find("Authorization") == std::string::npos);
}

TEST_CASE("a string body brings its length and no content type") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  http.send({.method = "POST", .url = server.url(), .body = "a=1", .has_body = true});
  CHECK(server.requests().at(0) ==
        "POST / HTTP/1.1\r\n" + host(server) + "Content-Length: 3\r\n\r\na=1");
}

TEST_CASE("headers are sent as given; framing headers and an empty User-Agent are not") {
  TcpServer server(ok());
  HttpFixture http;
  http.send({.method = "PUT",
             .url = server.url(),
             .headers = {{"X-Empty", ""},
                         {"x-lower", "1"},
                         {"User-Agent", ""},
                         {"Content-Length", "77"},
                         {"Content-Type", "text/plain"},
                         {"Accept", "*/*"}},
             .body = "b",
             .has_body = true});
  CHECK(server.requests().at(0) == "PUT / HTTP/1.1\r\n" + host(server) +
                                       "X-Empty:\r\nx-lower: 1\r\nContent-Type: "
                                       "text/plain\r\nAccept: */*\r\nContent-Length: 1\r\n\r\nb");
}

TEST_CASE("a Host header sets the authority, another User-Agent replaces ours") {
  TcpServer server(ok());
  HttpFixture http;
  http.send({.url = server.url(), .headers = {{"host", "shop.example"}, {"User-Agent", "other"}}});
  CHECK(server.requests().at(0) ==
        "GET / HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: other\r\n\r\n");
}

TEST_CASE("any method may have a body; POST, PUT and PATCH always state a length") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  http.send({.method = "DELETE", .url = server.url(), .body = "d", .has_body = true});
  http.send({.method = "DELETE", .url = server.url()});
  http.send({.method = "GET", .url = server.url(), .body = "g", .has_body = true});
  http.send({.method = "PATCH", .url = server.url()});
  http.send({.method = "PURGE", .url = server.url()});
  const std::vector<std::string> sent = server.requests();
  CHECK(sent.at(0) == "DELETE / HTTP/1.1\r\n" + host(server) + "Content-Length: 1\r\n\r\nd");
  CHECK(sent.at(1) == "DELETE / HTTP/1.1\r\n" + host(server) + "\r\n");
  CHECK(sent.at(2) == "GET / HTTP/1.1\r\n" + host(server) + "Content-Length: 1\r\n\r\ng");
  CHECK(sent.at(3) == "PATCH / HTTP/1.1\r\n" + host(server) + "Content-Length: 0\r\n\r\n");
  CHECK(sent.at(4) == "PURGE / HTTP/1.1\r\n" + host(server) + "\r\n");
}

TEST_CASE("HEAD has no body to wait for") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  const HttpResult result = http.send({.method = "HEAD", .url = server.url()});
  CHECK(server.requests().at(0) == "HEAD / HTTP/1.1\r\n" + host(server) + "\r\n");
  CHECK(result.exchanges.front().status == 200);
  CHECK(result.body.empty());
}

TEST_CASE("nothing of a request leaks into the next one on the same handle") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  const std::string plain = "GET / HTTP/1.1\r\n" + host(server) + "\r\n";
  const std::vector<HttpRequest> others = {
      {.method = "POST",
       .url = server.url("/x"),
       .headers = {{"A", "1"}},
       .body = "body",
       .has_body = true},
      {.method = "HEAD", .url = server.url("/x")},
      {.method = "PURGE", .url = server.url("/x"), .headers = {{"B", "2"}}},
      {.method = "PUT",
       .url = server.url("/x"),
       .body = std::string(100'000, 'l'),
       .has_body = true},
      {.method = "GET", .url = server.url("/x"), .body = "g", .has_body = true},
  };
  for (const HttpRequest& other : others) {
    http.send(other);
    http.send({.url = server.url()});
    CHECK(server.requests().back() == plain);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a large body is sent whole, without waiting for a 100 Continue") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  const std::string body(1'500'000, 'b');
  http.send({.method = "POST", .url = server.url(), .body = body, .has_body = true});
  const std::string request = server.requests().at(0);
  CHECK(
      (request == "POST / HTTP/1.1\r\n" + host(server) + "Content-Length: 1500000\r\n\r\n" + body));
}

TEST_CASE("a body may contain any bytes") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  const std::string body("\0\r\n\r\n\xff", 6);
  http.send({.method = "POST", .url = server.url(), .body = body, .has_body = true});
  CHECK(server.requests().at(0).ends_with("Content-Length: 6\r\n\r\n" + body));
}

TEST_CASE(
    "blanks and other alphabets in a URL are encoded, dot segments stay, userinfo becomes basic "
    "auth") {
  TcpServer server(ok());
  HttpFixture http(HttpOptions{});
  http.get(server.url("/a b/../쿠?x=y z"));
  CHECK(server.requests().at(0).starts_with("GET /a%20b/../%EC%BF%A0?x=y%20z HTTP/1.1\r\n"));
  http.get(fmt::format("http://user:pwd@127.0.0.1:{}/", server.port()));
  CHECK(server.requests().at(1) ==
        "GET / HTTP/1.1\r\n" + host(server) + "Authorization: Basic dXNlcjpwd2Q=\r\n\r\n");
}

TEST_CASE("a request that could smuggle lines is refused and nothing is sent") {
  TcpServer server(ok());
  HttpFixture http;
  const std::string nul("a\0b", 3);
  const std::vector<HttpRequest> refused = {
      {.url = server.url(), .headers = {{"A", "1\r\nInjected: 1"}}},
      {.url = server.url(), .headers = {{"A", "1\n2"}}},
      {.url = server.url(), .headers = {{"A", nul}}},
      {.url = server.url(), .headers = {{"A\r\nB", "1"}}},
      {.url = server.url(), .headers = {{"A:B", "1"}}},
      {.url = server.url(), .headers = {{"", "1"}}},
      {.method = "GET /x HTTP/1.1\r\n\r\nGET", .url = server.url()},
      {.method = "", .url = server.url()},
      {.url = server.url("/a\r\nInjected: 1")},
      {.url = server.url("/" + nul)},
  };
  for (const HttpRequest& request : refused) {
    const HttpResult result = http.send(request);
    REQUIRE(result.exchanges.size() == 1);
    CHECK(result.exchanges.front().status == 0);
    CHECK(result.exchanges.front().error_code >= 1000);
    CHECK_FALSE(result.exchanges.front().error.empty());
  }
  CHECK(server.connections() == 0);
  // The handle is as good as before.
  http.get(server.url("/fine"));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("many headers are sent without a look at all of them for each") {
  TcpServer server(ok());
  HttpFixture http;
  std::vector<Header> headers;
  headers.reserve(50'000);
  for (int i = 0; i < 50'000; ++i) headers.push_back({fmt::format("X-{}", i), "v"});
  const HttpResult result = http.send({.url = server.url(), .headers = headers});
  CHECK(result.exchanges.back().status == 200);
  CHECK(server.requests().at(0).find("X-49999: v\r\n") != std::string::npos);
}

TEST_CASE("more headers than libcurl sends are a failure") {
  TcpServer server(ok());
  HttpFixture http;
  std::vector<Header> headers(100'000, {"X-Name", std::string(20, 'v')});
  const HttpResult result = http.send({.url = server.url(), .headers = headers});
  CHECK(result.exchanges.back().status == 0);
  CHECK(result.exchanges.back().error_code == 1000);
  CHECK_FALSE(result.exchanges.back().error.empty());
}
