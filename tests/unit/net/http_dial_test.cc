// Where new connections go, by a resolver of the test.

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "http_fixture.h"
#include "net/resolver.h"
#include "support/catch.h"
#include "tcp_server.h"

using namespace loadrun;
using namespace loadrun::net;
using test::HttpFixture;
using test::Reply;
using test::response;
using test::TcpServer;

namespace {

const SystemClock kClock;

/// Knows the names "one" and "many"; "slow" hangs until it goes.
struct Names {
  std::atomic<int> asked{0};
  std::promise<void> go;
  std::shared_future<void> gone{go.get_future()};

  std::shared_ptr<Resolver> resolver(DnsOptions options = {}) {
    return std::make_shared<Resolver>(options, kClock, [this](const std::string& name) {
      ++asked;
      if (name == "slow") gone.wait();
      if (name == "slow" || name == "one") return Answer{{*IpAddress::parse("127.0.0.1")}, {}};
      if (name == "faulty") return Answer{{}, {kDns, "lookup: server misbehaving"}};
      return Answer{{}, {kNoSuchHost, "lookup: no such host"}};
    });
  }
};

TcpServer echo() {
  return TcpServer([](const std::string&) { return Reply{.bytes = response("200 OK", "hello")}; });
}

std::string url(const std::string& host, const TcpServer& server) {
  return fmt::format("http://{}:{}/", host, server.port());
}

HostTable hosts(const std::string& name, const std::string& endpoint) {
  HostTable table;
  table.add(name, Endpoint::parse(endpoint).value());
  return table;
}

}  // namespace

TEST_CASE("a connection resolves, requests on it do not") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.resolver = names.resolver({.ttl = 0s})});
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = http.get(url("one", server));
    CHECK(result.exchanges.back().status == 200);
    CHECK(result.exchanges.back().remote_ip == "127.0.0.1");
    CHECK(result.exchanges.back().remote_port == server.port());
    CHECK(server.requests().back().find(fmt::format("Host: one:{}\r\n", server.port())) !=
          std::string::npos);
  }
  CHECK(server.connections() == 1);
  CHECK(names.asked == 1);
}

TEST_CASE("with a time to live of 0 every connection resolves, else the first") {
  const TcpServer server = echo();
  for (const auto& [ttl, asked] : {std::pair{0s, 3}, std::pair{300s, 1}}) {
    Names names;
    HttpFixture http({.no_connection_reuse = true, .resolver = names.resolver({.ttl = ttl})});
    for (int i = 0; i < 3; ++i) CHECK(http.get(url("one", server)).exchanges.back().status == 200);
    CHECK(names.asked == asked);
  }
}

TEST_CASE("sessions that start at once share a look-up, and its time is theirs") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.resolver = names.resolver()});
  std::vector<std::unique_ptr<HttpSession>> sessions;
  std::vector<HttpFixture::Call> calls(50);
  for (HttpFixture::Call& call : calls) {
    sessions.push_back(std::make_unique<HttpSession>(http.client(), sessions.size() + 1));
    http.start(*sessions.back(), call, {.url = url("slow", server)});
  }
  while (names.asked == 0) http.turn_for(1ms);
  http.turn_for(20ms);
  names.go.set_value();
  for (HttpFixture::Call& call : calls) http.wait(call);
  CHECK(calls.front().last().timings.looking_up >= 20ms);
  for (const HttpFixture::Call& call : calls) {
    CHECK(call.last().status == 200);
    const HttpTimings& timings = call.last().timings;
    CHECK(timings.looking_up > 0ns);
    CHECK(timings.blocked >= timings.looking_up);
    CHECK(timings.connecting < timings.blocked);
  }
  CHECK(names.asked == 1);
}

TEST_CASE("faults of DNS have k6's codes, and count no connection") {
  Names names;
  HttpFixture http({.resolver = names.resolver()});
  const HttpExchange gone = http.get("http://gone/").exchanges.back();
  CHECK(gone.error_code == 1101);
  CHECK(gone.error == "lookup: no such host");
  const HttpExchange faulty = http.get("https://faulty/").exchanges.back();
  CHECK(faulty.error_code == 1100);
  CHECK(faulty.error == "lookup: server misbehaving");
  CHECK(faulty.timings.connecting == 0ns);
}

TEST_CASE("a request's time-out counts while its name is looked up") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.resolver = names.resolver()});
  const HttpResult result = http.send({.url = url("slow", server), .timeout = 30ms});
  CHECK(result.exchanges.back().error_code == 1050);
  CHECK(result.exchanges.back().timings.blocked >= 30ms);
  names.go.set_value();
  CHECK(http.get(url("slow", server)).exchanges.back().status == 200);
}

TEST_CASE("a cancelled request does not wait for its name") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.resolver = names.resolver()});
  HttpFixture::Call cancelled, other;
  http.start(cancelled, {.url = url("slow", server)});
  auto session = std::make_unique<HttpSession>(http.client());
  http.start(*session, other, {.url = url("slow", server)});
  http.turn_for(5ms);
  http.client().cancel(http.session, &cancelled);
  session.reset();
  names.go.set_value();
  http.turn_for(20ms);
  CHECK_FALSE(cancelled.done);
  CHECK_FALSE(other.done);
  CHECK(server.connections() == 0);
  CHECK(http.get(url("slow", server)).exchanges.back().status == 200);
}

TEST_CASE("what a VU chooses at random depends on the seed, the VU and its sessions") {
  const auto choices = [](std::uint64_t user, std::uint64_t count) {
    const auto resolver = std::make_shared<Resolver>(DnsOptions{}, kClock, [](const std::string&) {
      Answer answer;
      for (int i = 1; i <= 99; ++i) {
        answer.addresses.push_back(*IpAddress::parse(fmt::format("127.0.0.{}", i)));
      }
      return answer;
    });
    // The refusals name the addresses.
    HttpFixture http({.dial = {.blacklist = {CidrBlock::parse("127.0.0.0/8").value()}},
                      .resolver = resolver,
                      .seed = 5});
    HttpSession session(http.client(), user, count);
    std::string all;
    for (int i = 0; i < 5; ++i) {
      HttpFixture::Call call;
      http.start(session, call, {.url = "http://name/"});
      http.wait(call);
      all += call.last().reason;
    }
    return all;
  };
  const std::string first = choices(1, 0);
  CHECK(choices(1, 0) == first);
  CHECK(choices(1, 1) != first);
  CHECK(choices(2, 0) != first);
}

TEST_CASE("hosts go before DNS, change ports, and keep the Host header") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.dial = {.hosts = hosts("*.test", fmt::format("127.0.0.1:{}", server.port()))},
                    .resolver = names.resolver()});
  const HttpResult result = http.get("http://Some.test/");
  CHECK(result.exchanges.back().status == 200);
  CHECK(result.exchanges.back().remote_port == server.port());
  CHECK(server.requests().back().find("Host: Some.test\r\n") != std::string::npos);
  CHECK(names.asked == 0);
}

TEST_CASE("black-listed are addresses, wherever they come from") {
  const TcpServer server = echo();
  Names names;
  HttpFixture http({.dial = {.hosts = hosts("mapped", "127.1.2.3"),
                             .blacklist = {CidrBlock::parse("127.0.0.0/8").value()}},
                    .resolver = names.resolver()});
  for (const char* host : {"127.0.0.1", "one", "mapped"}) {
    INFO(host);
    const HttpExchange exchange = http.get(url(host, server)).exchanges.back();
    CHECK(exchange.error_code == 1110);
    CHECK(exchange.error == "ip is blacklisted");
    CHECK(exchange.reason.ends_with("is in a blacklisted range (127.0.0.0/8)"));
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("blocked are names, not addresses, and before they are looked up") {
  const TcpServer server = echo();
  Names names;
  DialRules rules;
  rules.blocked.add("*");
  HttpFixture http({.dial = rules, .resolver = names.resolver()});
  const HttpExchange exchange = http.get(url("One", server)).exchanges.back();
  CHECK(exchange.error_code == 1111);
  CHECK(exchange.error == "hostname is blocked");
  CHECK(exchange.reason == "hostname (one) is in a blocked pattern (*)");
  CHECK(names.asked == 0);
  CHECK(http.get(url("127.0.0.1", server)).exchanges.back().status == 200);
}

TEST_CASE("every hop of a redirect is dialled by the rules") {
  const TcpServer target = echo();
  const TcpServer server([&](const std::string& request) {
    const std::string where = request.starts_with("GET /blocked") ? "blocked" : "one";
    return Reply{.bytes = response("302 Found", "", "Location: " + url(where, target) + "\r\n")};
  });
  Names names;
  DialRules rules;
  rules.blocked.add("blocked");
  HttpFixture http({.dial = rules, .resolver = names.resolver()});
  for (const auto& [path, code, status] : {std::tuple{"/blocked", 1111, 0}, {"/", 0, 200}}) {
    const HttpResult result = http.get(server.url(path));
    REQUIRE(result.exchanges.size() == 2);
    CHECK(result.exchanges[0].status == 302);
    CHECK(result.exchanges[1].error_code == code);
    CHECK(result.exchanges[1].status == status);
  }
}

TEST_CASE("a local address of the other family, and one that is not here") {
  const TcpServer server = echo();
  HttpFixture v6({.local_addresses = IpPool::parse("::1").value()});
  CHECK(v6.get(server.url()).exchanges.back().error_code == 1210);
  HttpFixture foreign({.local_addresses = IpPool::parse("192.0.2.1").value()});
  const HttpExchange exchange = foreign.get(server.url()).exchanges.back();
  CHECK(exchange.error_code == 1213);
  CHECK(exchange.error.find("cannot assign requested address") != std::string::npos);
}
