#include "plan/shortcuts.h"

#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;
using test::script;

const json kScenarios = {{"peak", {{"executor", "constant-vus"}, {"duration", "1m"}}}};

template <typename T>
T executor_of(const Plan& plan) {
  REQUIRE(plan.scenarios.size() == 1);
  REQUIRE(std::holds_alternative<T>(plan.scenarios[0].executor));
  return std::get<T>(plan.scenarios[0].executor);
}

TEST_CASE("iterations with a duration are shared until then") {
  const auto shared =
      executor_of<SharedIterations>(plan_of({{"iterations", 9}, {"vus", 3}, {"duration", "20s"}}));
  CHECK(shared.vus == 3);
  CHECK(shared.iterations == 9);
  CHECK(shared.max_duration == 20s);
}

TEST_CASE("numbers may be written as text, as variables are") {
  const auto shared = executor_of<SharedIterations>(plan_of({{"iterations", "9"}, {"vus", "3"}}));
  CHECK(shared.vus == 3);
  CHECK(shared.iterations == 9);
}

TEST_CASE("each shortcut excludes the others in its layer") {
  const json stages = {{{"duration", "1s"}, {"target", 1}}};
  CHECK(error_of({{"iterations", 1}, {"stages", stages}}) ==
        "script options: the options iterations and stages cannot be used together");
  CHECK(error_of({{"duration", "1s"}, {"stages", stages}}) ==
        "script options: the options duration and stages cannot be used together");
  CHECK(error_of({{"iterations", 1}, {"scenarios", kScenarios}}) ==
        "script options: the options iterations and scenarios cannot be used together");
  CHECK(error_of({{"duration", "1s"}, {"scenarios", kScenarios}}) ==
        "script options: the options duration and scenarios cannot be used together");
  CHECK(error_of({{"stages", stages}, {"scenarios", kScenarios}}) ==
        "script options: the options stages and scenarios cannot be used together");
}

TEST_CASE("a shortcut in a higher layer clears those below and warns about scenarios") {
  const auto plan =
      resolve({script({{"scenarios", kScenarios}}), {"flags", {{"iterations", 5}}}}, {"default"});
  REQUIRE(plan.ok());
  CHECK(executor_of<SharedIterations>(plan.value()).iterations == 5);
  CHECK(plan.value().warnings ==
        std::vector<std::string>{"the scenarios of script options are overridden by flags"});
}

TEST_CASE("scenarios in a higher layer clear the shortcuts below without a word") {
  const auto plan = resolve(
      {{"config file", {{"duration", "5s"}, {"vus", 4}}}, script({{"scenarios", kScenarios}})},
      {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().scenarios.at(0).name == "peak");
}

TEST_CASE("vus beside scenarios has no effect, and says so") {
  const Plan plan = plan_of({{"vus", 7}, {"scenarios", kScenarios}});
  CHECK(executor_of<ConstantVus>(plan).vus == 1);
  CHECK(plan.warnings ==
        std::vector<std::string>{
            "script options: vus: has no effect on scenarios, which set their own"});
}

TEST_CASE("empty stages and scenarios are warned of and run one iteration") {
  for (const char* option : {"stages", "scenarios"}) {
    const Plan plan = plan_of({{option, json::object()}});
    CHECK(executor_of<PerVuIterations>(plan).iterations == 1);
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].find("is empty; running one iteration in one VU") != std::string::npos);
  }
}

TEST_CASE("errors of shortcuts name the options and layers the user wrote") {
  const auto plan =
      resolve({script({{"stages", {{{"duration", "-1s"}, {"target", 1}}, {{"duration", "1s"}}}}}),
               {"flags", {{"vus", -2}}}},
              {"default"});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message ==
        R"(flags: vus: -2 is too small (expected a whole number of at least 0)
script options: stages[0].duration: -1s is too short (expected a duration of at least 0s)
script options: stages[1].target: is required (expected a whole number of at least 0))");
  CHECK(error_of({{"duration", 0}}) ==
        "script options: duration: 0s is too short (expected a duration of at least 1s)");
  CHECK(error_of({{"iterations", 2}, {"duration", "5ms"}}) ==
        "script options: duration: 5ms is too short (expected a duration of at least 1s)");
  CHECK(
      error_of({{"iterations", 2}, {"vus", 3}}).find("script options: iterations: 2 iterations") ==
      0);
  CHECK(error_of({{"vus", 0}}) ==
        "script options: vus: 0 is too small (expected a whole number of at least 1)");
}

}  // namespace
}  // namespace loadrun::plan
