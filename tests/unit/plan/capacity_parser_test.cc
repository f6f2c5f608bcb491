#include "plan/capacity_parser.h"

#include "plan/capacity_search.h"
#include "plan/options_json.h"
#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;
using test::scenario_of;

json fields(json changed = json::object()) {
  json all = {{"executor", "capacity"},
              {"start", 50},
              {"maxRate", 5000},
              {"preAllocatedVUs", 10},
              {"objective", {{"http_req_duration", {"p(95)<300"}}}}};
  all.merge_patch(changed);
  return all;
}

std::string error_with(const json& changed) {
  return error_of({{"scenarios", {{"it", fields(changed)}}}});
}

bool says(const std::string& message, const std::string& part) {
  CAPTURE(message, part);
  return message.find(part) != std::string::npos;
}

TEST_CASE("a capacity search has defaults, and is written with all its fields") {
  const Scenario scenario = scenario_of(fields());
  const auto& capacity = std::get<Capacity>(scenario.executor);
  CHECK(capacity.factor == 1.5);
  CHECK(capacity.step_duration == 5s);
  CHECK(capacity.settle == 1s);
  CHECK(capacity.max_vus == 10);
  CHECK(regular_duration(scenario) == longest_search(capacity));
  CHECK(max_vus(scenario) == 10);
  CHECK(says(describe(scenario), "Capacity search from 50.00 to 5000.00 iterations/s for up to "));

  const Plan plan = plan_of({{"scenarios", {{"it", fields({{"factor", 2}, {"maxVUs", 30}})}}}});
  const json shown = json::parse(options_json(plan)).at("scenarios").at("it");
  CHECK(shown.at("factor") == 2);
  CHECK(shown.at("stepDuration") == "5s");
  CHECK(shown.at("objective") == json{{"http_req_duration", {"p(95)<300"}}});
  CHECK(plan_of({{"scenarios", {{"it", shown}}}}).scenarios.size() == 1);  // reads back
}

TEST_CASE("what is wrong with a capacity search is said all at once, with what was expected") {
  const std::string all = error_of({{"scenarios",
                                     {{"it",
                                       {{"executor", "capacity"},
                                        {"start", 0},
                                        {"factor", 1},
                                        {"stepDuration", "0s"},
                                        {"settle", "-1s"},
                                        {"rate", 3},
                                        {"pacing", "1s"},
                                        {"lateStart", "queue"}}}}}});
  for (const char* part :
       {"scenarios.it.start: 0 is too small", "scenarios.it.maxRate: is required",
        "scenarios.it.factor: 1 is not a number greater than 1", "scenarios.it.stepDuration: ",
        "scenarios.it.settle: ", "scenarios.it.objective: is required",
        "scenarios.it.preAllocatedVUs: is required", "scenarios.it.lateStart: is not supported",
        "scenarios.it.pacing: is not supported",
        "scenarios.it.rate: the executor capacity has no"}) {
    CHECK(says(all, part));
  }
  CHECK(says(error_with({{"start", 6000}}), "maxRate: 5000 is less than the start of 6000"));
  CHECK(says(error_with({{"stepDuration", "2s"}, {"settle", "2s"}}),
             "settle: settle (2s) leaves nothing of stepDuration (2s)"));
  CHECK(says(error_with({{"factor", "much"}}), "factor: \"much\" is not a number"));
}

TEST_CASE("an objective is made of expressions") {
  const auto error = [](const json& objective) {
    json all = fields();
    all["objective"] = objective;
    return error_of({{"scenarios", {{"it", all}}}});
  };
  CHECK(says(error(json::object()), "scenarios.it.objective: is empty"));
  CHECK(
      says(error({{"checks", json::array()}}), "scenarios.it.objective.checks: has no expression"));
  CHECK(says(error({{"checks", {"rate>>1"}}}), "scenarios.it.objective.checks"));
  CHECK(says(error({{"checks", {{{"threshold", "rate>0.9"}, {"window", "5s"}}}}}),
             "\"rate>0.9\": an objective has no abortOnFail"));
}

TEST_CASE("there is one search, in one instance") {
  CHECK(says(error_of({{"scenarios", {{"a", fields()}, {"b", fields()}}}}),
             "there are 2 scenarios with the executor capacity (expected one)"));
  CHECK(says(error_of({{"executionSegment", "0:1/2"}, {"scenarios", {{"a", fields()}}}}),
             "expected no executionSegment, not 0:1/2"));
}

}  // namespace
}  // namespace loadrun::plan
