#include "plan/address_options.h"

#include "plan/options_json.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;
using test::script;

TEST_CASE("a layer replaces the addresses of the layers below") {
  const auto plan = resolve({script({{"hosts", {{"a", "1.1.1.1"}}},
                                     {"blacklistIPs", {"10.0.0.0/8"}},
                                     {"blockHostnames", {"a.io"}}}),
                             {"flags",
                              {{"hosts", {{"b", "2.2.2.2:80"}}},
                               {"blacklistIPs", {"::/0"}},
                               {"blockHostnames", {"*.io"}}}}},
                            {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().warnings.empty());
  const json written = json::parse(options_json(plan.value()));
  CHECK(written.at("hosts") == json{{"b", "2.2.2.2:80"}});
  CHECK(written.at("blacklistIPs") == json{"::/0"});
  CHECK(written.at("blockHostnames") == json{"*.io"});
}

TEST_CASE("what is not set is not written") {
  const json written = json::parse(options_json(plan_of(json::object())));
  for (const char* absent : {"hosts", "blacklistIPs", "blockHostnames", "localIPs"}) {
    INFO(absent);
    CHECK_FALSE(written.contains(absent));
  }
}

TEST_CASE("all wrong addresses are named at once") {
  CHECK(error_of({{"hosts", {{"a*", "1.1.1.1"}, {"b", "nowhere"}}},
                  {"blacklistIPs", {"10.0.0.0"}},
                  {"blockHostnames", {"a.*.io"}}}) ==
        "script options: hosts: invalid hostname pattern 'a*' (expected a host name, the \"*\" of "
        "a wildcard only at its beginning)\n"
        "script options: hosts: b: \"nowhere\" is no IP address (expected 1.2.3.4, 1.2.3.4:80, "
        "aa::bb or [aa::bb]:80)\n"
        "script options: blacklistIPs: invalid CIDR address: 10.0.0.0 (expected e.g. 10.0.0.0/8)\n"
        "script options: blockHostnames: invalid hostname pattern 'a.*.io' (expected a host name, "
        "the \"*\" of a wildcard only at its beginning)");
}

TEST_CASE("local addresses are the environment's and the flags' business") {
  const Plan from_script = plan_of({{"localIPs", "127.0.0.2"}});
  CHECK(from_script.addresses.local.empty());
  CHECK(from_script.warnings ==
        std::vector<std::string>{"script options: localIPs: only --local-ips and "
                                 "LOADRUN_LOCAL_IPS set it; it has no effect"});
  const auto variable = options_from_environment({{"LOADRUN_LOCAL_IPS", "127.0.0.2-127.0.0.4"}});
  const auto plan = resolve({variable.value()}, {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().addresses.local.size() == 3);
}

TEST_CASE("the time to live of DNS is a time, or none") {
  CHECK(ttl_of(plan_of(json::object()).dns) == std::optional<Nanoseconds>(5min));
  CHECK(ttl_of(plan_of({{"dns", {{"ttl", "inf"}}}}).dns) == std::nullopt);
  CHECK(ttl_of(plan_of({{"dns", {{"ttl", "0"}}}}).dns) == std::optional<Nanoseconds>(0ns));
  CHECK(ttl_of(plan_of({{"dns", {{"ttl", 1500}}}}).dns) == std::optional<Nanoseconds>(1500ms));
}

}  // namespace
}  // namespace loadrun::plan
