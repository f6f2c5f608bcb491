#include <memory>
#include <string>
#include <vector>

#include "base/host_table.h"
#include "base/ip_pool.h"
#include "conformance/cases.h"
#include "net/dial_rules.h"
#include "net/resolver.h"
#include "plan/options.h"
#include "run/addressing.h"
#include "support/catch.h"
#include "support/manual_clock.h"

// The cases of plan.jsonl about addresses and DNS, from the option to what it does.

namespace loadrun {
namespace {

using nlohmann::json;
using test::Case;

constexpr const char* kFile = "plan.jsonl";

Result<plan::Plan> resolved(json options) {
  return plan::resolve({{"script options", std::move(options)}}, {"default"});
}

plan::Plan plan_of(json options) {
  auto plan = resolved(std::move(options));
  if (!plan.ok()) FAIL(plan.error().message);
  return std::move(plan).value();
}

std::string error_of(const Result<plan::Plan>& plan) {
  return plan.ok() ? "" : plan.error().message;
}

/// Endpoint as the cases write it: with a port of 0, too.
std::string shown(const Endpoint& endpoint) {
  if (endpoint.port != 0) return endpoint.text();
  const std::string address = endpoint.address.text();
  return (endpoint.address.is_v4() ? address : "[" + address + "]") + ":0";
}

TEST_CASE("hosts are matched as by k6") {
  for (const Case& one : test::cases_of(kFile, "options.hosts.match")) {
    INFO(one.text());
    const plan::Plan plan = plan_of({{"hosts", one.input.at("hosts")}});
    const Endpoint* const endpoint =
        plan.addresses.hosts.match(one.input.at("query").get<std::string>());
    CHECK((endpoint == nullptr ? json() : json(shown(*endpoint))) == one.expected);
  }
}

TEST_CASE("endpoints of hosts are read as by k6") {
  for (const Case& one : test::cases_of(kFile, "options.hosts.value")) {
    INFO(one.text());
    const auto plan = resolved({{"hosts", {{"name", one.input}}}});
    REQUIRE(plan.ok() == !one.expected.contains("error"));
    if (plan.ok()) {
      const Endpoint& endpoint = *plan.value().addresses.hosts.match("name");
      CHECK(endpoint.address.text() == one.expected.at("ip"));
      CHECK(endpoint.port == one.expected.at("port"));
    } else {
      CHECK(error_of(plan) ==
            "script options: hosts: name: " + one.expected.at("error").get<std::string>());
      CHECK(plan.error().code == ExitCode::kInvalidConfig);
    }
  }
}

TEST_CASE("black-listed blocks are read as by k6") {
  for (const Case& one : test::cases_of(kFile, "options.blacklistIPs.cidr")) {
    INFO(one.text());
    const auto plan = resolved({{"blacklistIPs", {one.input}}});
    REQUIRE(plan.ok() == one.expected.is_string());
    if (plan.ok()) {
      CHECK(plan.value().addresses.blacklist.at(0).text() == one.expected);
    } else {
      const std::string text = one.expected.at("error_contains").get<std::string>();
      CHECK(error_of(plan).find(text) != std::string::npos);
    }
  }
}

TEST_CASE("blocked names are matched as by k6") {
  for (const Case& one : test::cases_of(kFile, "options.blockHostnames.match")) {
    INFO(one.text());
    const net::DialRules rules =
        run::dial_rules(plan_of({{"blockHostnames", one.input.at("patterns")}}));
    const std::string* const pattern = rules.blocked.match(one.input.at("host").get<std::string>());
    CHECK((pattern == nullptr ? json() : json(*pattern)) == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "options.blockHostnames.pattern_valid")) {
    INFO(one.text());
    CHECK(resolved({{"blockHostnames", {one.input}}}).ok() == (one.expected == "ok"));
  }
}

TEST_CASE("local addresses are read as by k6") {
  for (const Case& one : test::cases_of(kFile, "options.localIPs.block")) {
    INFO(one.text());
    const auto flags = plan::options_from_flags({{"local-ips", one.input.get<std::string>()}});
    REQUIRE(flags.ok());
    const auto plan = plan::resolve({flags.value()}, {"default"});
    REQUIRE(plan.ok() == !one.expected.contains("error_contains"));
    if (plan.ok()) {
      const IpPool& pool = plan.value().addresses.local;
      CHECK(std::to_string(pool.size()) == one.expected.at("count"));
      CHECK(pool.at(0).text() == one.expected.at("first"));
      CHECK(pool.at(pool.size() - 1).text() == one.expected.at("last"));
    } else {
      const std::string text = one.expected.at("error_contains").get<std::string>();
      CHECK(error_of(plan).find(text) != std::string::npos);
    }
  }
}

TEST_CASE("names are dialled as by k6") {
  for (const Case& one : test::cases_of(kFile, "net.dial_address")) {
    INFO(one.text());
    const net::DialRules rules = run::dial_rules(plan_of(
        {{"hosts", one.input.at("hosts")}, {"blockHostnames", one.input.at("blockHostnames")}}));
    const std::string url = "http://" + one.input.at("address").get<std::string>() + "/";
    CHECK(rules.find(net::dial_target(url)).failure.reason == one.expected.at("error"));
  }
}

/// What `lookups` new connections to a name with these records get.
json dialled(const json& input) {
  const test::ManualClock clock;
  net::Answer answer;
  for (const json& record : input.at("records")) {
    answer.addresses.push_back(*IpAddress::parse(record.get<std::string>()));
  }
  const plan::Plan plan = plan_of({{"dns",
                                    {{"ttl", input.at("ttl")},
                                     {"select", input.at("select")},
                                     {"policy", input.at("policy")}}}});
  net::Resolver resolver(run::dns_options(plan.dns), clock,
                         [&](const std::string&) { return answer; });
  const auto loop = std::move(net::EventLoop::create(clock)).value();
  net::Resolver::Mailbox mailbox(resolver, *loop);
  CounterRandom random(1);
  json got = json::array();
  for (int i = 0; i < input.at("lookups").get<int>(); ++i) {
    resolver.look_up("name", mailbox);
    std::vector<net::Resolver::Mailbox::Letter> letters;
    while ((letters = mailbox.take()).empty()) loop->turn();
    got.push_back(resolver.select("name", *letters[0].answer, random).text());
  }
  return got;
}

TEST_CASE("addresses are selected as by k6") {
  for (const Case& one : test::cases_of(kFile, "dns.resolve")) {
    INFO(one.text());
    CHECK(dialled(one.input) == one.expected);
  }
}

}  // namespace
}  // namespace loadrun
