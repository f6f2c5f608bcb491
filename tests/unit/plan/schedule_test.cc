#include "plan/schedule.h"

#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::plan_of;
using test::scenario_of;

using Steps = std::vector<VuStep>;

Scenario ramp(std::vector<json> stages, int start = 0) {
  return scenario_of(
      {{"executor", "ramping-vus"}, {"startVUs", start}, {"stages", json(std::move(stages))}});
}

json stage(const std::string& duration, int target) {
  return {{"duration", duration}, {"target", target}};
}

TEST_CASE("scenarios with a fixed number of VUs step up and down") {
  const Scenario constant =
      scenario_of({{"executor", "constant-vus"}, {"vus", 3}, {"duration", "5s"}});
  CHECK(vu_steps(constant) == Steps{{0s, 3}, {5s, 0}});
  CHECK(reserved_vu_steps(constant) == Steps{{0s, 3}, {35s, 0}});
  const Scenario shared = scenario_of(
      {{"executor", "shared-iterations"}, {"vus", 2}, {"iterations", 4}, {"maxDuration", "9s"}});
  CHECK(vu_steps(shared) == Steps{{0s, 2}, {9s, 0}});
  const Scenario per_vu = scenario_of({{"executor", "per-vu-iterations"}, {"vus", 2}});
  CHECK(vu_steps(per_vu) == Steps{{0s, 2}, {10min, 0}});
}

TEST_CASE("a ramp ends with no VUs at its regular end") {
  CHECK(vu_steps(ramp({stage("2s", 2)})) == Steps{{0s, 0}, {1s, 1}, {2s, 2}, {2s, 0}});
  CHECK(vu_steps(ramp({stage("1s", 1), stage("1s", 0)})) == Steps{{0s, 0}, {1s, 1}, {2s, 0}});
  CHECK(vu_steps(ramp({stage("1s", 0), stage("1s", 0)}, 1)) == Steps{{0s, 1}, {1s, 0}, {2s, 0}});
}

Scenario controlled(int vus, const json& duration, const json& more = json::object()) {
  json fields = {{"executor", "externally-controlled"}, {"vus", vus}, {"duration", duration}};
  fields.update(more);
  return scenario_of(fields);
}

TEST_CASE("what is ordered so far says how many VUs an externally controlled scenario has") {
  const Scenario scenario = controlled(2, "10s", {{"maxVUs", 9}});
  CHECK(controlled_vu_steps(scenario, {}) == Steps{{0s, 2}, {10s, 0}});
  CHECK(vu_steps(scenario) == Steps{{0s, 2}, {10s, 0}});
  CHECK(controlled_vu_steps(scenario, {{3s, 9}}) == Steps{{0s, 2}, {3s, 9}, {10s, 0}});
  CHECK(controlled_vu_steps(scenario, {{3s, 9}, {4s, 9}, {5s, 0}, {7s, 4}}) ==
        Steps{{0s, 2}, {3s, 9}, {5s, 0}, {7s, 4}, {10s, 0}});
  // The end stands, whatever is ordered for later.
  CHECK(controlled_vu_steps(scenario, {{9s, 0}, {10s, 5}, {11s, 6}}) ==
        Steps{{0s, 2}, {9s, 0}, {10s, 0}});
}

TEST_CASE("an order is shared by the instances") {
  const auto part = [](const char* segment) {
    const Plan plan = plan_of({{"executionSegment", segment},
                               {"scenarios",
                                {{"s",
                                  {{"executor", "externally-controlled"},
                                   {"vus", 2},
                                   {"maxVUs", 8},
                                   {"duration", "4s"}}}}}});
    return controlled_vu_steps(plan.scenarios.at(0), {{1s, 7}, {2s, 8}});
  };
  CHECK(part("0:1/2") == Steps{{0s, 1}, {1s, 4}, {4s, 0}});
  CHECK(part("1/2:1") == Steps{{0s, 1}, {1s, 3}, {2s, 4}, {4s, 0}});
}

TEST_CASE(
    "an externally controlled scenario reserves all VUs it may have, for as long as it lasts") {
  CHECK(reserved_vu_steps(controlled(2, "10s", {{"maxVUs", 9}})) == Steps{{0s, 9}, {10s, 0}});
  const Scenario endless = controlled(2, 0, {{"maxVUs", 9}, {"startTime", "5s"}});
  CHECK(vu_steps(endless) == Steps{{0s, 2}, {kEndless, 0}});
  CHECK(reserved_vu_steps(endless) == Steps{{0s, 9}, {kEndless, 0}});
  CHECK(is_endless(latest_end(endless)));
  CHECK(length_text(latest_end(endless)) == "infinite");
  CHECK_FALSE(is_endless(latest_end(controlled(2, "1000h"))));
}

TEST_CASE("ramp steps are exact however long and steep the ramp") {
  const Steps steps = vu_steps(ramp({stage("1h", 7)}));
  for (std::int64_t i = 1; i <= 7; ++i) {
    CHECK(steps[static_cast<std::size_t>(i)].at == Nanoseconds(3'600'000'000'000 * i / 7));
  }
  // Products of nanoseconds and VUs would leave 64 bits here.
  const Scenario long_ramp = ramp({stage("2000000h", 100'000)});
  const Steps many = vu_steps(long_ramp);
  CHECK(many[99'999] == VuStep{2000000h / 100'000 * 99'999, 99'999});
  CHECK(many[100'000] == VuStep{2000000h, 100'000});
}

TEST_CASE("a later ramp-up takes over VUs that are still held") {
  const Scenario scenario =
      scenario_of({{"executor", "ramping-vus"},
                   {"startVUs", 3},
                   {"stages", {stage("0s", 1), stage("5s", 1), stage("0s", 3), stage("5s", 3)}},
                   {"gracefulRampDown", "10s"},
                   {"gracefulStop", "2s"}});
  CHECK(reserved_vu_steps(scenario) == Steps{{0s, 3}, {12s, 0}});
}

TEST_CASE("a scenario ends with its last VU, not before its regular end") {
  const Scenario constant = scenario_of({{"executor", "constant-vus"},
                                         {"duration", "5s"},
                                         {"startTime", "3s"},
                                         {"gracefulStop", "4s"}});
  CHECK(regular_duration(constant) == 5s);
  CHECK(latest_end(constant) == 12s);
  const Scenario emptied = scenario_of({{"executor", "ramping-vus"},
                                        {"stages", {stage("2s", 0), stage("3s", 0)}},
                                        {"gracefulRampDown", "0s"}});
  CHECK(latest_end(emptied) == 5s);
}

TEST_CASE("scenarios that follow each other need the VUs of the larger, parallel ones the sum") {
  const json first = {
      {"executor", "constant-vus"}, {"vus", 5}, {"duration", "10s"}, {"gracefulStop", "0s"}};
  json second = first;
  second["vus"] = 3;
  second["startTime"] = "10s";
  CHECK(requirements(plan_of({{"scenarios", {{"a", first}, {"b", second}}}})).max_vus == 5);
  // The order of the names does not matter.
  CHECK(requirements(plan_of({{"scenarios", {{"b", first}, {"a", second}}}})).max_vus == 5);
  second["startTime"] = "9s";
  const Requirements needs = requirements(plan_of({{"scenarios", {{"a", first}, {"b", second}}}}));
  CHECK(needs.max_vus == 8);
  CHECK(needs.planned_vus == 8);
  CHECK(needs.total_duration == 19s);
}

TEST_CASE("arrival rates plan their preallocated VUs and may use maxVUs") {
  const json arrivals = {{"executor", "constant-arrival-rate"},
                         {"rate", 10},
                         {"duration", "10s"},
                         {"preAllocatedVUs", 2},
                         {"maxVUs", 9}};
  const Requirements needs =
      requirements(plan_of({{"scenarios", {{"a", arrivals}, {"b", arrivals}}}}));
  CHECK(needs.planned_vus == 4);
  CHECK(needs.max_vus == 18);
  CHECK(needs.total_duration == 40s);
}

TEST_CASE("VUs that none are preallocated of are possible all the same") {
  const Requirements needs = requirements(plan_of({{"scenarios",
                                                    {{"a",
                                                      {{"executor", "constant-arrival-rate"},
                                                       {"rate", 10},
                                                       {"duration", "10s"},
                                                       {"preAllocatedVUs", 0},
                                                       {"maxVUs", 9}}}}}}));
  CHECK(needs.planned_vus == 0);
  CHECK(needs.max_vus == 9);
}

TEST_CASE("scenarios are described with what differs from the defaults") {
  CHECK(describe(scenario_of({{"executor", "constant-vus"}, {"vus", 10}, {"duration", "30s"}})) ==
        "10 looping VUs for 30s (gracefulStop: 30s)");
  CHECK(describe(scenario_of(
            {{"executor", "constant-vus"}, {"duration", "30s"}, {"gracefulStop", 0}})) ==
        "1 looping VUs for 30s");
  CHECK(describe(scenario_of({{"executor", "per-vu-iterations"}, {"vus", 2}, {"iterations", 3}})) ==
        "3 iterations for each of 2 VUs (maxDuration: 10m0s, gracefulStop: 30s)");
  CHECK(describe(scenario_of({{"executor", "constant-arrival-rate"},
                              {"rate", 1},
                              {"timeUnit", "3s"},
                              {"duration", "1m"},
                              {"startTime", "5s"},
                              {"preAllocatedVUs", 2}})) ==
        "0.33 iterations/s for 1m0s (maxVUs: 2, startTime: 5s, gracefulStop: 30s)");
  CHECK(describe(controlled(5, "10s", {{"maxVUs", 10}})) ==
        "Externally controlled execution with 5 VUs, 10 max VUs, 10s duration");
  CHECK(describe(controlled(5, 0, {{"startTime", "2s"}})) ==
        "Externally controlled execution with 5 VUs, 5 max VUs, infinite duration (startTime: 2s)");
  Scenario renamed = scenario_of({{"executor", "shared-iterations"}});
  renamed.exec = "buy";
  CHECK(describe(renamed) ==
        "1 iterations shared among 1 VUs (maxDuration: 10m0s, exec: buy, gracefulStop: 30s)");
}

}  // namespace
}  // namespace loadrun::plan
