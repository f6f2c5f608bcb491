#include <fmt/format.h>

#include <string>
#include <vector>

#include "http_fixture.h"
#include "net/redirect.h"
#include "support/catch.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;

namespace {

// "/STATUS/next" answers STATUS with "Location: /next"; "/hops/N" goes down to "/hops/0", which is
// the end.
Reply redirector(const std::string& request) {
  const std::string path =
      request.substr(request.find('/'), request.find(' ', 5) - request.find('/'));
  if (path.starts_with("/hops/") && path != "/hops/0") {
    const int left = std::stoi(path.substr(6));
    return {.bytes = response("302 Found", "moved", fmt::format("Location: {}\r\n", left - 1))};
  }
  if (path.starts_with("/3")) {
    return {.bytes = response(path.substr(1, 3) + " Moved", "moved",
                              "Location: " + path.substr(4) + "\r\n")};
  }
  return {.bytes = response("200 OK", "end", "Final: 1\r\n")};
}

std::string first_line(const std::string& request) {
  return request.substr(0, request.find("\r\n"));
}

}  // namespace

TEST_CASE("301, 302 and 303 become GET without body, 307 and 308 keep both") {
  for (const std::string status : {"301", "302", "303", "307", "308"}) {
    TcpServer server(redirector);
    HttpFixture http;
    const HttpResult result = http.send({.method = "POST",
                                         .url = server.url("/" + status + "/end"),
                                         .body = "pesho",
                                         .has_body = true});
    REQUIRE(result.exchanges.size() == 2);
    const bool kept = status == "307" || status == "308";
    CHECK(first_line(server.requests().at(1)) ==
          (kept ? "POST /end HTTP/1.1" : "GET /end HTTP/1.1"));
    CHECK(server.requests().at(1).ends_with(kept ? "\r\n\r\npesho" : "\r\n\r\n"));
    CHECK(result.exchanges[0].status == std::stoi(status));
    CHECK(result.exchanges[0].method == "POST");
    CHECK(result.exchanges[1].status == 200);
    CHECK(result.exchanges[1].method == (kept ? "POST" : "GET"));
    CHECK(result.exchanges[1].url == server.url("/end"));
    CHECK(result.request_body == "pesho");  // what was asked for, whatever became of it
    CHECK(result.exchanges[1].timings.connecting == Nanoseconds(0));
    CHECK(result.body == "end");
    CHECK(result.headers.back() == Header{"Final", "1"});
    CHECK_FALSE(result.too_many_redirects);
  }
}

TEST_CASE("HEAD stays HEAD") {
  TcpServer server([](const std::string& request) {
    return Reply{.bytes = request.find("/a ") != std::string::npos
                              ? "HTTP/1.1 301 Moved\r\nLocation: b\r\nContent-Length: 3\r\n\r\n"
                              : "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"};
  });
  HttpFixture http;
  http.send({.method = "HEAD", .url = server.url("/a")});
  CHECK(first_line(server.requests().at(1)) == "HEAD /b HTTP/1.1");
}

TEST_CASE("nine hops are ten exchanges; beyond the limit the last redirect is the result") {
  TcpServer server(redirector);
  HttpFixture http;
  const HttpResult nine = http.get(server.url("/hops/9"));
  CHECK(nine.exchanges.size() == 10);
  CHECK(nine.exchanges.back().status == 200);
  CHECK_FALSE(nine.too_many_redirects);

  const HttpResult eleven = http.get(server.url("/hops/11"));
  CHECK(eleven.exchanges.size() == 11);
  CHECK(eleven.exchanges.back().status == 302);
  CHECK(eleven.exchanges.back().url == server.url("/hops/1"));
  CHECK(eleven.body == "moved");
  CHECK(eleven.too_many_redirects);

  const HttpResult none = http.send({.url = server.url("/hops/1"), .max_redirects = 0});
  CHECK(none.exchanges.size() == 1);
  CHECK(none.exchanges.back().status == 302);
  CHECK(none.too_many_redirects);
}

TEST_CASE("a redirect status without Location is a result like any other") {
  TcpServer server(
      [](const std::string&) { return Reply{.bytes = response("302 Found", "here")}; });
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  CHECK(result.exchanges.size() == 1);
  CHECK(result.exchanges.back().status == 302);
  CHECK(result.body == "here");
  CHECK_FALSE(result.too_many_redirects);
}

TEST_CASE("an unusable Location fails the exchange that sent it") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = response("302 Found", "", "Location: h\t:/\r\n")};
  });
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  REQUIRE(result.exchanges.size() == 1);
  CHECK(result.exchanges.back().status == 0);
  CHECK(result.exchanges.back().error_code == 1000);
  CHECK(result.exchanges.back().error.starts_with("failed to parse Location header \"h\\t:/\": "));
  CHECK(result.headers.empty());
}

TEST_CASE("a redirect to where nobody listens is two exchanges, the second one failed") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = response("302 Found", "", "Location: http://127.0.0.1:1/pesho\r\n")};
  });
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  REQUIRE(result.exchanges.size() == 2);
  CHECK(result.exchanges[0].status == 302);
  CHECK(result.exchanges[0].error_code == 0);
  CHECK(result.exchanges[1].status == 0);
  CHECK(result.exchanges[1].error_code == 1212);
}

TEST_CASE("the timeout covers all hops of a call") {
  TcpServer server([](const std::string& request) {
    Reply reply = redirector(request);
    reply.delay = 40ms;
    return reply;
  });
  HttpFixture http;
  const HttpResult result = http.send({.url = server.url("/hops/9"), .timeout = 140ms});
  CHECK(result.exchanges.size() <= 4);
  CHECK(result.exchanges.size() >= 2);
  CHECK(result.exchanges.back().error_code == 1050);
}

TEST_CASE(
    "credentials do not follow to another host, and a Host header only where the location is "
    "relative") {
  const auto follow = [](const std::string& location) {
    HttpRequest request{
        .url = "http://shop.example:8080/a/b?c",
        .headers = {{"authorization", "s"}, {"Cookie", "s"}, {"host", "h"}, {"X", "1"}}};
    CHECK(follow_redirect(request, 302, location).code == 0);
    return request;
  };
  const std::vector<Header> all = {
      {"authorization", "s"}, {"Cookie", "s"}, {"host", "h"}, {"X", "1"}};
  const std::vector<Header> without_host = {{"authorization", "s"}, {"Cookie", "s"}, {"X", "1"}};
  CHECK(follow("d").headers == all);
  CHECK(follow("http://shop.example/").headers == without_host);
  CHECK(follow("http://api.shop.example/").headers == without_host);
  CHECK(follow("http://evil.example/").headers == std::vector<Header>{{"X", "1"}});
  CHECK(follow("//evilshop.example/").headers == std::vector<Header>{{"X", "1"}});
}

TEST_CASE("locations are resolved against the request's URL") {
  const auto resolved = [](const std::string& location) {
    HttpRequest request{.url = "http://h:81/a/b?c#d"};
    CHECK(follow_redirect(request, 302, location).code == 0);
    return request.url;
  };
  CHECK(resolved("x") == "http://h:81/a/x");
  CHECK(resolved("/x?y") == "http://h:81/x?y");
  CHECK(resolved("?y") == "http://h:81/a/b?y");
  CHECK(resolved("../x") == "http://h:81/x");
  CHECK(resolved("//other/x") == "http://other/x");
  CHECK(resolved("https://other:444/x#f") == "https://other:444/x");
}
