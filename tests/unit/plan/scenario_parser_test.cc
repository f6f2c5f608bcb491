#include "plan/scenario_parser.h"

#include "plan/options_json.h"
#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;
using test::scenario_of;

std::string error_of_scenario(json fields) {
  return error_of({{"scenarios", {{"peak", std::move(fields)}}}});
}

TEST_CASE("a scenario has k6's defaults") {
  const Scenario scenario =
      scenario_of({{"executor", "ramping-vus"}, {"stages", {{{"duration", "1s"}, {"target", 2}}}}});
  CHECK(scenario.exec == "default");
  CHECK(scenario.start_time == 0s);
  CHECK(scenario.graceful_stop == 30s);
  const auto& ramp = std::get<RampingVus>(scenario.executor);
  CHECK(ramp.start_vus == 1);
  CHECK(ramp.graceful_ramp_down == 30s);
  const auto per_vu =
      std::get<PerVuIterations>(scenario_of({{"executor", "per-vu-iterations"}}).executor);
  CHECK(per_vu.vus == 1);
  CHECK(per_vu.iterations == 1);
  CHECK(per_vu.max_duration == 10min);
}

TEST_CASE("a scenario takes its fields") {
  const Scenario scenario = scenario_of({{"executor", "ramping-arrival-rate"},
                                         {"startTime", "5s"},
                                         {"gracefulStop", "0s"},
                                         {"env", {{"A", "1"}}},
                                         {"tags", {{"b", "2"}, {"a", "1"}}},
                                         {"startRate", 5},
                                         {"timeUnit", "1m"},
                                         {"stages", {{{"duration", "0s"}, {"target", 7}}}},
                                         {"preAllocatedVUs", 2},
                                         {"maxVUs", 3}});
  CHECK(scenario.start_time == 5s);
  CHECK(scenario.graceful_stop == 0s);
  CHECK(scenario.env == std::map<std::string, std::string>{{"A", "1"}});
  CHECK(scenario.tags == metrics::Tags{{"a", "1"}, {"b", "2"}});
  const auto& arrivals = std::get<RampingArrivalRate>(scenario.executor);
  CHECK(arrivals.start_rate == 5);
  CHECK(arrivals.time_unit == 1min);
  CHECK(arrivals.stages == std::vector<Stage>{{0s, 7}});
  CHECK(arrivals.pre_allocated_vus == 2);
  CHECK(arrivals.max_vus == 3);
}

json arrival_fields() {
  return {{"executor", "constant-arrival-rate"},
          {"rate", 5},
          {"duration", "5s"},
          {"preAllocatedVUs", 2}};
}

TEST_CASE("arrivals are even and dropped without a VU unless said otherwise") {
  json fields = arrival_fields();
  const auto even = std::get<ConstantArrivalRate>(scenario_of(fields).executor);
  CHECK(even.arrival == ArrivalProcess::kEven);
  CHECK(even.late_start == LateStart::kDrop);
  fields["arrival"] = "poisson";
  fields["lateStart"] = "queue";
  const Plan plan = plan_of({{"scenarios", {{"a", fields}}}});
  const auto poisson = std::get<ConstantArrivalRate>(plan.scenarios.at(0).executor);
  CHECK(poisson.arrival == ArrivalProcess::kPoisson);
  CHECK(poisson.late_start == LateStart::kQueue);
  const json shown = json::parse(options_json(plan)).at("scenarios").at("a");
  CHECK(shown.at("arrival") == "poisson");
  CHECK(shown.at("lateStart") == "queue");
  fields["arrival"] = "bursty";
  fields["lateStart"] = "never";
  CHECK(error_of_scenario(fields) ==
        R"(script options: scenarios.peak.arrival: "bursty" is neither "even" nor "poisson"
script options: scenarios.peak.lateStart: "never" is neither "drop" nor "queue")");
  CHECK(
      error_of_scenario({{"executor", "constant-vus"}, {"duration", "5s"}, {"arrival", "even"}}) ==
      "script options: scenarios.peak.arrival: the executor constant-vus has no such field");
}

TEST_CASE("an externally controlled scenario has k6 v1's fields") {
  const Scenario scenario =
      scenario_of({{"executor", "externally-controlled"}, {"vus", 3}, {"duration", "5s"}});
  const auto& bounded = std::get<ExternallyControlled>(scenario.executor);
  CHECK(bounded.vus == 3);
  CHECK(bounded.max_vus == 3);
  CHECK(bounded.duration == 5s);
  CHECK(scenario.graceful_stop == 0s);
  const json fields = {{"executor", "externally-controlled"}, {"maxVUs", 7}, {"duration", 0}};
  const Plan plan = plan_of({{"scenarios", {{"a", fields}}}});
  const auto& endless = std::get<ExternallyControlled>(plan.scenarios.at(0).executor);
  CHECK(endless.vus == 0);
  CHECK(endless.max_vus == 7);
  CHECK(endless.duration == 0s);
  const json shown = json::parse(options_json(plan)).at("scenarios").at("a");
  CHECK(shown.at("vus") == 0);
  CHECK(shown.at("maxVUs") == 7);
  CHECK(shown.at("duration") == "0s");
  CHECK(plan_of({{"scenarios", {{"a", shown}}}}).scenarios.size() == 1);  // reads back
}

TEST_CASE("an externally controlled scenario needs a duration, enough maxVUs and no gracefulStop") {
  CHECK(error_of_scenario({{"executor", "externally-controlled"},
                           {"vus", 3},
                           {"maxVUs", 2},
                           {"gracefulStop", "1s"}}) ==
        R"(script options: scenarios.peak.maxVUs: 2 is less than the 3 of vus
script options: scenarios.peak.duration: is required (expected a duration, e.g. "30s", or 0 for a run that has no end)
script options: scenarios.peak.gracefulStop: is not supported by the executor externally-controlled)");
  const std::string negative =
      error_of_scenario({{"executor", "externally-controlled"}, {"vus", -1}, {"duration", "-1s"}});
  CHECK(negative.find("scenarios.peak.vus: -1 is too small") != std::string::npos);
  CHECK(negative.find("scenarios.peak.duration: -1s is too short") != std::string::npos);
  CHECK(error_of_scenario(
            {{"executor", "externally-controlled"}, {"duration", 0}, {"startTime", "2000000h"}})
            .find("the scenario is too long") != std::string::npos);
}

TEST_CASE("VUs that loop have a pace, a rate has none") {
  for (const json& closed :
       {json{{"executor", "constant-vus"}, {"duration", "5s"}},
        json{{"executor", "per-vu-iterations"}}, json{{"executor", "shared-iterations"}},
        json{{"executor", "ramping-vus"}, {"stages", {{{"duration", "5s"}, {"target", 1}}}}},
        json{{"executor", "externally-controlled"}, {"duration", "5s"}}}) {
    json fields = closed;
    fields["pacing"] = "1500ms";
    const Plan plan = plan_of({{"scenarios", {{"a", fields}}}});
    CHECK(plan.scenarios[0].pacing == 1500ms);
    CHECK(describe(plan.scenarios[0]).find("pacing: 1.5s") != std::string::npos);
    const json shown = json::parse(options_json(plan)).at("scenarios").at("a");
    CHECK(shown.at("pacing") == "1.5s");
    CHECK(plan_of({{"scenarios", {{"a", shown}}}}).scenarios[0].pacing == 1500ms);  // reads back
  }
  json arrivals = arrival_fields();
  arrivals["pacing"] = "2s";
  CHECK(error_of_scenario(arrivals) ==
        "script options: scenarios.peak.pacing: is not supported by the executor "
        "constant-arrival-rate, whose iterations start by rate (expected with constant-vus, "
        "ramping-vus, shared-iterations, per-vu-iterations or externally-controlled)");
  CHECK(error_of_scenario({{"executor", "constant-vus"}, {"duration", "5s"}, {"pacing", "-1s"}}) ==
        "script options: scenarios.peak.pacing: -1s is too short (expected a duration of at least "
        "0s)");
}

TEST_CASE("a field that the executor does not have is an error with a guess") {
  CHECK(error_of_scenario(
            {{"executor", "constant-vus"}, {"duration", "5s"}, {"vuss", 2}, {"rate", 3}}) ==
        R"(script options: scenarios.peak.rate: the executor constant-vus has no such field
script options: scenarios.peak.vuss: the executor constant-vus has no such field (did you mean "vus"?))");
  CHECK(error_of_scenario({{"executor", "ramping-vus"},
                           {"stages", {{{"duration", "5s"}, {"target", 1}, {"tagret", 2}}}}}) ==
        "script options: scenarios.peak.stages[0].tagret: a stage has no such field (did you mean "
        "\"target\"?)");
}

TEST_CASE("an executor has to be one that exists") {
  CHECK(error_of_scenario({{"executor", "variable-looping-vus"}}) ==
        "script options: scenarios.peak.executor: unknown executor type 'variable-looping-vus'");
  CHECK(
      error_of_scenario({{"executor", "constant-vu"}}) ==
      "script options: scenarios.peak.executor: unknown executor type 'constant-vu' (did you mean "
      "\"constant-vus\"?)");
  CHECK(error_of_scenario({{"vus", 1}}).find("scenarios.peak.executor: is required") !=
        std::string::npos);
  CHECK(error_of_scenario(5) ==
        "script options: scenarios.peak: 5 is not a scenario (expected an object)");
}

TEST_CASE("errors of several scenarios are reported together") {
  CHECK(
      error_of({{"scenarios",
                 {{"a b", {{"executor", "shared-iterations"}}},
                  {"c", {{"executor", "constant-vus"}, {"gracefulStop", -1}, {"exec", ""}}}}}}) ==
      R"(script options: scenarios.a b: "a b" is not a scenario's name (expected letters, digits, '_' and '-')
script options: scenarios.c.duration: is required (expected a duration, e.g. "30s")
script options: scenarios.c.gracefulStop: -1ms is too short (expected a duration of at least 0s)
script options: scenarios.c.exec: is empty (expected the name of a function))");
}

TEST_CASE("numbers out of all proportion are refused") {
  const std::string vus =
      error_of_scenario({{"executor", "constant-vus"}, {"duration", "5s"}, {"vus", 100'000'001}});
  CHECK(vus.find("the vus exceed max limit of 100000000") != std::string::npos);
  CHECK(error_of_scenario({{"executor", "constant-vus"}, {"duration", "5s"}, {"vus", 1e300}})
            .find("1e+300 is not a whole number") != std::string::npos);
  json arrivals = arrival_fields();
  arrivals["rate"] = 1'000'000'000'000'001;
  CHECK(error_of_scenario(arrivals).find("exceeds max limit of 1000000000000000") !=
        std::string::npos);
  const json century = {{"duration", "1000000h"}, {"target", 1}};
  CHECK(error_of_scenario({{"executor", "ramping-vus"}, {"stages", {century, century, century}}})
            .find("the scenario is too long") != std::string::npos);
}

TEST_CASE("a browser scenario is taken, with a warning") {
  const Plan plan = plan_of({{"scenarios",
                              {{"ui",
                                {{"executor", "shared-iterations"},
                                 {"options", {{"browser", {{"type", "chromium"}}}}}}}}}});
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].find(
            "script options: scenarios.ui.options.browser: browsers are not supported") == 0);
}

}  // namespace
}  // namespace loadrun::plan
