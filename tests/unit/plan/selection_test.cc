#include "plan/selection.h"

#include "support/catch.h"

using namespace loadrun;

namespace {

plan::Plan two_scenarios() {
  plan::Plan plan;
  for (const char* name : {"buy", "look"}) {
    plan::Scenario scenario;
    scenario.name = name;
    scenario.exec = name;
    scenario.executor = plan::ConstantVus{.vus = 5, .duration = 10s};
    scenario.start_time = 3s;
    scenario.env = {{"KEY", name}};
    plan.scenarios.push_back(scenario);
  }
  plan.thresholds = {{"http_reqs", {{"count>1"}}},
                     {"http_reqs{scenario:buy}", {{"count>1"}}},
                     {"http_reqs{scenario:look,method:GET}", {{"count>1"}}},
                     {"http_reqs{scenario:other}", {{"count>1"}}}};
  return plan;
}

std::vector<std::string> keys(const plan::Plan& plan) {
  std::vector<std::string> keys;
  for (const auto& entry : plan.thresholds) keys.push_back(entry.key);
  return keys;
}

}  // namespace

TEST_CASE("a selection keeps its scenarios and the thresholds that are not about another one") {
  plan::Plan plan = two_scenarios();
  REQUIRE(plan::select_scenarios(plan, {"buy"}).ok());
  REQUIRE(plan.scenarios.size() == 1);
  CHECK(plan.scenarios[0].name == "buy");
  CHECK(keys(plan) == std::vector<std::string>{"http_reqs", "http_reqs{scenario:buy}",
                                               "http_reqs{scenario:other}"});
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].find("http_reqs{scenario:look,method:GET}") != std::string::npos);
}

TEST_CASE("a selection of all changes nothing; one of unknown names says which there are") {
  plan::Plan plan = two_scenarios();
  REQUIRE(plan::select_scenarios(plan, {"look", "buy"}).ok());
  CHECK(plan.scenarios.size() == 2);
  CHECK(plan.thresholds.size() == 4);
  const auto selected = plan::select_scenarios(plan, {"buy", "sell", "lok"});
  REQUIRE_FALSE(selected.ok());
  CHECK(selected.error().code == ExitCode::kInvalidConfig);
  CHECK(selected.error().message ==
        "--scenario: there is no scenario sell, lok (the test has buy, look)");
}

TEST_CASE("once is one iteration of one VU for each scenario, which keeps the rest") {
  plan::Plan plan = two_scenarios();
  plan::run_once(plan);
  for (const plan::Scenario& scenario : plan.scenarios) {
    const auto& executor = std::get<plan::SharedIterations>(scenario.executor);
    CHECK(executor.vus == 1);
    CHECK(executor.iterations == 1);
    CHECK(scenario.start_time == 0s);
    CHECK(scenario.exec == scenario.name);
    CHECK(scenario.env.at("KEY") == scenario.name);
  }
}
