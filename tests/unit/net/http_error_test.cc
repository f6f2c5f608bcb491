// Every error code that a real fault on loopback can produce.

#include <fmt/format.h>

#include <string>

#include "http_fixture.h"
#include "net/resolver.h"
#include "support/catch.h"
#include "tcp_server.h"
#include "tls_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;
using test::TlsServer;

namespace {

struct Outcome {
  int code;
  std::string text;
};

Outcome outcome(const HttpResult& result) {
  const HttpExchange& last = result.exchanges.back();
  CHECK(last.status == 0);
  CHECK(last.proto.empty());
  CHECK(result.body.empty());
  CHECK(result.headers.empty());
  return {last.error_code, last.error};
}

Outcome reply_with(const std::string& bytes, Reply::Then then) {
  TcpServer server([&](const std::string&) { return Reply{.bytes = bytes, .then = then}; });
  HttpFixture http;
  return outcome(http.get(server.url()));
}

}  // namespace

TEST_CASE("nobody listens: 1212") {
  int port = 0;
  {
    const TcpServer gone([](const std::string&) { return Reply{}; });
    port = gone.port();
  }
  HttpFixture http;
  const Outcome o = outcome(http.get(fmt::format("http://127.0.0.1:{}/", port)));
  CHECK(o.code == 1212);
  CHECK(o.text == "dial: connection refused");
}

TEST_CASE("a name that does not exist: 1101") {
  const SystemClock clock;
  HttpFixture http({.resolver = std::make_shared<Resolver>(
                        DnsOptions{}, clock, [](const std::string&) { return Answer{}; })});
  const Outcome o = outcome(http.get("http://no-such-host.invalid/"));
  CHECK(o.code == 1101);
  CHECK(o.text == "lookup: no such host");
}

TEST_CASE("no answer in time: 1050, and the time is waiting") {
  TcpServer server(
      [](const std::string&) { return Reply{.bytes = response("200 OK", "x"), .delay = 2s}; });
  HttpFixture http;
  const TimePoint start = http.clock.now();
  const HttpResult result = http.send({.url = server.url(), .timeout = 100ms});
  CHECK(http.clock.now() - start >= 100ms);
  CHECK(http.clock.now() - start < 1s);
  CHECK(outcome(result).code == 1050);
  CHECK(outcome(result).text == "request timeout");
  CHECK(result.exchanges.front().timings.waiting >= 50ms);
  CHECK(result.exchanges.front().remote_ip == "127.0.0.1");
}

TEST_CASE("an answer that stops half way also times out") {
  TcpServer server([](const std::string&) {
    return Reply{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"};
  });
  HttpFixture http;
  const HttpResult result = http.send({.url = server.url(), .timeout = 100ms});
  CHECK(outcome(result).code == 1050);
  CHECK(result.exchanges.front().timings.receiving >= 50ms);
  // The connection is in an unknown state and must not be used again.
  http.send({.url = server.url(), .timeout = 20ms});
  CHECK(server.connections() == 2);
}

TEST_CASE("a reset connection: 1220") {
  const Outcome before_headers = reply_with("", Reply::Then::kReset);
  CHECK(before_headers.code == 1220);
  CHECK(before_headers.text == "read: connection reset by peer");
  const Outcome in_body =
      reply_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Reply::Then::kReset);
  CHECK(in_body.code == 1220);
}

TEST_CASE("a response cut off: 1000") {
  const Outcome nothing = reply_with("", Reply::Then::kClose);
  CHECK(nothing.code == 1000);
  CHECK(nothing.text == "EOF");
  const Outcome half_a_body =
      reply_with("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Reply::Then::kClose);
  CHECK(half_a_body.code == 1000);
  CHECK(half_a_body.text == "unexpected EOF");
  const Outcome half_a_chunk = reply_with(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", Reply::Then::kClose);
  CHECK(half_a_chunk.code == 1000);
  const Outcome half_a_head = reply_with("HTTP/1.1 200 OK\r\nContent-Le", Reply::Then::kClose);
  CHECK(half_a_head.code == 1000);
}

TEST_CASE("answers that are no HTTP: 1000") {
  CHECK(reply_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
                   Reply::Then::kKeepOpen)
            .code == 1000);
  CHECK(reply_with("SSH-2.0-OpenSSH\r\n", Reply::Then::kClose).code == 1000);
  CHECK(reply_with("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Reply::Then::kClose).code ==
        1000);
}

TEST_CASE("an old errno does not colour a later failure") {
  int count = 0;
  TcpServer server([&count](const std::string&) {
    return ++count == 1
               ? Reply{.bytes = "", .then = Reply::Then::kReset}
               : Reply{.bytes =
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"};
  });
  HttpFixture http;
  CHECK(outcome(http.get(server.url())).code == 1220);
  CHECK(outcome(http.get(server.url())).code == 1000);
}

TEST_CASE("a URL that cannot be requested is an error, not a request") {
  HttpFixture http;
  CHECK(outcome(http.get("https:// invalidurl.com")).code == 1020);
  const Outcome scheme = outcome(http.get("dafsgdhfjg.com/"));
  CHECK(scheme.code == 1000);
  CHECK(scheme.text == "unsupported protocol scheme \"\"");
}

TEST_CASE("a server that speaks no TLS: 1301") {
  HttpFixture http;
  TlsServer plain(TlsServer::Mode::kPlainBytes);
  const Outcome o = outcome(http.get(plain.url()));
  CHECK(o.code == 1301);
}

TEST_CASE("a certificate nobody vouches for: 1310, unless that is accepted") {
  TlsServer server(TlsServer::Mode::kSelfSigned);
  HttpFixture strict;
  const Outcome o = outcome(strict.get(server.url()));
  CHECK(o.code == 1310);
  CHECK(o.text == "x509: unknown authority");

  HttpFixture lax({.insecure_skip_tls_verify = true});
  const HttpResult result = lax.get(server.url());
  const HttpExchange& x = result.exchanges.front();
  CHECK(x.status == 200);
  CHECK(x.tls_version == "tls1.3");
  CHECK(x.tls_cipher_suite.starts_with("TLS_"));
  CHECK(x.timings.tls_handshaking > Nanoseconds(0));
  CHECK(x.timings.blocked >= x.timings.connecting + x.timings.tls_handshaking);
  CHECK(x.bytes_received > 500);  // The handshake is part of it.
}

TEST_CASE("a head of 100,000 headers, or of an endless one: 1000") {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += fmt::format("X-{}: v\r\n", i);
  const Outcome many = reply_with("HTTP/1.1 200 OK\r\n" + lines, Reply::Then::kKeepOpen);
  CHECK(many.code == 1000);
  CHECK(many.text.find("Too large response headers") != std::string::npos);
  const Outcome large =
      reply_with("HTTP/1.1 200 OK\r\nX: " + std::string(32 << 20, 'x'), Reply::Then::kKeepOpen);
  CHECK(large.code == 1000);
  CHECK_FALSE(large.text.empty());
}
