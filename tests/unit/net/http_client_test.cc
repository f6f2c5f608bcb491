#include "net/http_client.h"

#include <memory>
#include <optional>
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

TcpServer::Handler always(const std::string& bytes, Reply::Then then = Reply::Then::kKeepOpen) {
  return [=](const std::string&) { return Reply{.bytes = bytes, .then = then}; };
}

bool none_negative(const HttpTimings& t) {
  const Nanoseconds zero{0};
  return t.blocked >= zero && t.looking_up >= zero && t.connecting >= zero &&
         t.tls_handshaking >= zero && t.sending >= zero && t.waiting >= zero && t.receiving >= zero;
}

}  // namespace

TEST_CASE("a response arrives with status, protocol, body and canonical headers in order") {
  TcpServer server(always(response("404 Nothing Here", "hello",
                                   "x-user-id: 7\r\nSET-COOKIE: a=1\r\nset-cookie:  b=2 \r\n")));
  HttpFixture http;
  const HttpResult result = http.get(server.url("/a?b=c"));
  REQUIRE(result.exchanges.size() == 1);
  const HttpExchange& x = result.exchanges.front();
  CHECK(x.method == "GET");
  CHECK(x.url == server.url("/a?b=c"));
  CHECK(x.status == 404);
  CHECK(x.status_text == "404 Nothing Here");
  CHECK(x.proto == "HTTP/1.1");
  CHECK(x.remote_ip == "127.0.0.1");
  CHECK(x.remote_port == server.port());
  CHECK(x.error_code == 1404);
  CHECK(x.error.empty());
  CHECK(result.body == "hello");
  CHECK(result.headers == std::vector<Header>{{"Content-Length", "5"},
                                              {"X-User-Id", "7"},
                                              {"Set-Cookie", "a=1"},
                                              {"Set-Cookie", "b=2"}});
}

TEST_CASE("an interim response and a chunked body with trailers give the final response only") {
  TcpServer server(
      always("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
             "chunked\r\nA: 1\r\n\r\n"
             "3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"));
  HttpFixture http;
  const HttpResult result = http.get(server.url());
  CHECK(result.exchanges.front().status == 200);
  CHECK(result.body == "abcde");
  CHECK(result.headers == std::vector<Header>{{"Transfer-Encoding", "chunked"}, {"A", "1"}});
}

TEST_CASE("a body is dropped on request") {
  TcpServer server(always(response("200 OK", std::string(100'000, 'x'))));
  HttpFixture http;
  const HttpResult result = http.send({.url = server.url(), .discard_body = true});
  CHECK(result.exchanges.front().status == 200);
  CHECK(result.body.empty());
  CHECK(result.exchanges.front().bytes_received > 100'000);
}

TEST_CASE("a large body arrives whole") {
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i);
  TcpServer server(always(response("200 OK", body)));
  HttpFixture http;
  CHECK((http.get(server.url()).body == body));
}

TEST_CASE("requests of a session share its connection, those of another do not") {
  TcpServer server(always(response("200 OK", "x")));
  HttpFixture http;
  for (int i = 0; i < 20; ++i) CHECK(http.get(server.url()).exchanges.front().status == 200);
  CHECK(server.connections() == 1);
  HttpSession other(http.client());
  HttpFixture::Call call;
  http.start(other, call, {.url = server.url()});
  http.wait(call);
  CHECK(server.connections() == 2);
}

TEST_CASE("without connection reuse every request connects") {
  TcpServer server(always(response("200 OK", "x")));
  HttpFixture http({.no_connection_reuse = true});
  for (int i = 0; i < 5; ++i) {
    const HttpResult result = http.get(server.url());
    CHECK(result.exchanges.front().timings.connecting > Nanoseconds(0));
  }
  CHECK(server.connections() == 5);
}

TEST_CASE("a connection that the server closed while idle is replaced silently") {
  TcpServer server(always(response("200 OK", "x"), Reply::Then::kClose));
  HttpFixture http;
  for (int i = 0; i < 5; ++i) {
    CHECK(http.get(server.url()).exchanges.front().status == 200);
    http.turn_for(5ms);
  }
  CHECK(server.connections() == 5);
}

TEST_CASE("phases are where the time was spent, and none is negative") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
                 .delay = 60ms,
                 .late_bytes = "b",
                 .late_delay = 30ms};
  });
  HttpFixture http;
  const HttpTimings first = http.get(server.url()).exchanges.front().timings;
  const HttpTimings reused = http.get(server.url()).exchanges.front().timings;
  for (const HttpTimings& t : {first, reused}) {
    CHECK(none_negative(t));
    CHECK(t.waiting >= 59ms);
    CHECK(t.receiving >= 15ms);  // We may notice the first byte late, never the last one early.
    CHECK(t.sending < t.receiving);
    CHECK(t.duration() == t.sending + t.waiting + t.receiving);
    CHECK(t.tls_handshaking == Nanoseconds(0));
  }
  CHECK(first.connecting > Nanoseconds(0));
  CHECK(first.blocked >= first.connecting);
  CHECK(reused.connecting == Nanoseconds(0));
  CHECK(reused.looking_up == Nanoseconds(0));
  CHECK(reused.blocked < reused.receiving);
}

TEST_CASE("blocked counts from the script's call, including what our own loop did meanwhile") {
  TcpServer server(always(response("200 OK", "x")));
  HttpFixture http;
  http.get(server.url());
  HttpFixture::Call call;
  http.start(call, {.url = server.url()});
  const TimePoint started = http.clock.now();
  while (http.clock.now() - started < 30ms) {
  }
  http.wait(call);
  CHECK(call.last().timings.blocked >= 30ms);
  CHECK(call.last().timings.duration() < call.last().timings.blocked);
}

TEST_CASE("uploading a large body slowly is sending, not waiting") {
  TcpServer server([](const std::string& request) {
    return Reply{.bytes = response("200 OK", std::to_string(request.size())), .delay = 40ms};
  });
  HttpFixture http;
  const std::string body(4'000'000, 'u');
  const HttpResult result =
      http.send({.method = "PUT", .url = server.url(), .body = body, .has_body = true});
  CHECK(result.exchanges.front().status == 200);
  CHECK(result.exchanges.front().timings.waiting >= 39ms);
  CHECK(none_negative(result.exchanges.front().timings));
  CHECK(result.exchanges.front().bytes_sent > body.size());
  CHECK((server.requests().at(0).substr(server.requests().at(0).size() - body.size()) == body));
}

TEST_CASE("bytes are the connection's, and their sums add up to what the server saw") {
  TcpServer server([](const std::string& request) {
    const bool last = request.find("/last") != std::string::npos;
    return Reply{
        .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        .then = last ? Reply::Then::kClose : Reply::Then::kKeepOpen};
  });
  HttpFixture http;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  for (const char* path : {"/", "/longer/path", "/last", "/again"}) {
    const HttpResult result =
        http.send({.method = "POST", .url = server.url(path), .body = "body", .has_body = true});
    sent += result.exchanges.front().bytes_sent;
    received += result.exchanges.front().bytes_received;
    http.turn_for(5ms);  // Until the server's thread has counted, and closed after /last.
    CHECK(sent == server.bytes_received());
    CHECK(received == server.bytes_sent());
  }
}

TEST_CASE("a call of many sessions at once: one connection each, every answer at its caller") {
  TcpServer server([](const std::string& request) {
    return Reply{.bytes = response("200 OK", request.substr(4, request.find(' ', 4) - 4)),
                 .delay = 20ms};
  });
  HttpFixture http;
  constexpr int kSessions = 1000;
  std::vector<std::unique_ptr<HttpSession>> sessions;
  std::vector<std::unique_ptr<HttpFixture::Call>> calls;
  for (int round = 0; round < 2; ++round) {
    calls.clear();
    for (int i = 0; i < kSessions; ++i) {
      if (round == 0) sessions.push_back(std::make_unique<HttpSession>(http.client()));
      calls.push_back(std::make_unique<HttpFixture::Call>());
      http.start(*sessions[static_cast<std::size_t>(i)], *calls.back(),
                 {.url = server.url("/" + std::to_string(i))});
    }
    for (int i = 0; i < kSessions; ++i) {
      HttpFixture::Call& call = *calls[static_cast<std::size_t>(i)];
      http.wait(call);
      REQUIRE(call.last().error.empty());
      REQUIRE(call.result.body == "/" + std::to_string(i));
    }
  }
  CHECK(server.connections() == kSessions);
}

TEST_CASE("concurrent requests of one session get their own connections and bytes") {
  TcpServer server(
      [](const std::string&) { return Reply{.bytes = response("200 OK", "x"), .delay = 10ms}; });
  HttpFixture http;
  HttpFixture::Call a, b, c;
  for (HttpFixture::Call* call : {&a, &b, &c}) http.start(*call, {.url = server.url()});
  std::uint64_t sent = 0;
  for (HttpFixture::Call* call : {&a, &b, &c}) {
    http.wait(*call);
    CHECK(call->last().status == 200);
    sent += call->last().bytes_sent;
  }
  CHECK(server.connections() == 3);
  CHECK(sent == server.bytes_received());
  CHECK(http.get(server.url()).exchanges.front().status == 200);
  CHECK(server.connections() == 3);
}

TEST_CASE("cancel drops what is in flight without a callback, and the session stays usable") {
  TcpServer server([](const std::string& request) {
    const bool slow = request.find("/slow") != std::string::npos;
    return Reply{.bytes = response("200 OK", "x"),
                 .delay = slow ? Nanoseconds(50ms) : Nanoseconds(0)};
  });
  HttpFixture http;
  HttpFixture::Call call;
  http.start(call, {.url = server.url("/slow")});
  HttpFixture::Call other;
  http.start(other, {.url = server.url("/slow")});
  http.turn_for(10ms);
  http.client().cancel(http.session, &call);
  http.wait(other);
  http.turn_for(70ms);
  CHECK_FALSE(call.done);
  CHECK(other.last().status == 200);
  CHECK(http.get(server.url()).exchanges.front().status == 200);
  CHECK(server.connections() == 2);
}

TEST_CASE(
    "destroying a session cancels its requests, also refused ones that were not delivered yet") {
  TcpServer server(
      [](const std::string&) { return Reply{.bytes = response("200 OK", "x"), .delay = 10ms}; });
  HttpFixture http;
  HttpFixture::Call running, refused;
  auto session = std::make_unique<HttpSession>(http.client());
  http.start(*session, running, {.url = server.url()});
  http.turn_for(3ms);
  http.start(*session, refused, {.url = "nonsense"});
  session.reset();
  http.turn_for(20ms);
  CHECK_FALSE(running.done);
  CHECK_FALSE(refused.done);
}

TEST_CASE("a callback may start requests and destroy its own session") {
  struct Suicide {
    HttpFixture& http;
    std::string url;
    std::unique_ptr<HttpSession> session;
    int left = 3;
    static void on_done(void* self, HttpResult& result) {
      auto& s = *static_cast<Suicide*>(self);
      CHECK(result.exchanges.front().status == 200);
      if (--s.left > 0) {
        s.http.client().start(*s.session, {.url = s.url}, on_done, self);
      } else {
        s.session.reset();
      }
    }
  };
  TcpServer server(always(response("200 OK", "x")));
  HttpFixture http;
  Suicide suicide{http, server.url(), std::make_unique<HttpSession>(http.client())};
  http.client().start(*suicide.session, {.url = suicide.url}, Suicide::on_done, &suicide);
  for (int i = 0; i < 200 && suicide.session; ++i) http.turn_for(1ms);
  CHECK(suicide.left == 0);
  CHECK(server.connections() == 1);
}

TEST_CASE("a script whose requests fail at once does not keep the loop from its timers") {
  struct Stubborn {
    HttpFixture& http;
    int failures = 0;
    static void on_done(void* self, HttpResult&) {
      auto& s = *static_cast<Stubborn*>(self);
      ++s.failures;
      s.http.client().start(s.http.session, {.url = "nonsense"}, on_done, self);
    }
  };
  HttpFixture http;
  Stubborn stubborn{http};
  http.client().start(http.session, {.url = "nonsense"}, Stubborn::on_done, &stubborn);
  http.turn_for(10ms);
  CHECK(stubborn.failures > 10);
}
