#include "plan/peak_rate.h"

#include "plan_support.h"

using namespace loadrun;
using namespace loadrun::plan;
using namespace loadrun::plan::test;
using nlohmann::json;

namespace {

json constant(int rate, const char* time_unit, const char* duration, const char* start = "0s") {
  return {{"executor", "constant-arrival-rate"},
          {"rate", rate},
          {"timeUnit", time_unit},
          {"duration", duration},
          {"startTime", start},
          {"preAllocatedVUs", 10}};
}

json ramping(int start_rate, const std::vector<std::pair<const char*, int>>& stages) {
  json list = json::array();
  for (const auto& [duration, target] : stages) {
    list.push_back({{"duration", duration}, {"target", target}});
  }
  return {{"executor", "ramping-arrival-rate"},
          {"startRate", start_rate},
          {"stages", list},
          {"preAllocatedVUs", 10}};
}

double peak_of(const json& scenarios, json options = json::object()) {
  options["scenarios"] = scenarios;
  return peak_arrival_rate(plan_of(options));
}

}  // namespace

TEST_CASE("the peak rate is in iterations a second") {
  CHECK(peak_of({{"a", constant(300, "1s", "10s")}}) == Approx(300));
  CHECK(peak_of({{"a", constant(300, "1m", "10s")}}) == Approx(5));
}

TEST_CASE("looping VUs have no peak rate") {
  CHECK(peak_of({{"a", {{"executor", "constant-vus"}, {"vus", 9}, {"duration", "1s"}}}}) == 0);
}

TEST_CASE("a ramp's peak rate is its highest point, a jump's too") {
  CHECK(peak_of({{"a", ramping(10, {{"1s", 50}, {"1s", 20}})}}) == Approx(50));
  CHECK(peak_of({{"a", ramping(90, {{"1s", 50}})}}) == Approx(90));
  CHECK(peak_of({{"a", ramping(10, {{"0s", 70}, {"1s", 20}})}}) == Approx(70));
  // Nothing starts at a rate that lasts no time.
  CHECK(peak_of({{"a", ramping(10, {{"1s", 20}, {"0s", 500}})}}) == Approx(20));
}

TEST_CASE("scenarios add to the peak rate when they overlap") {
  CHECK(peak_of({{"a", constant(300, "1s", "10s")}, {"b", constant(200, "1s", "5s", "5s")}}) ==
        Approx(500));
  CHECK(peak_of({{"a", constant(300, "1s", "10s")}, {"b", constant(200, "1s", "5s", "10s")}}) ==
        Approx(300));
  // One falls while the other rises: 100 + 0, 50 + 40 in the middle, 0 + 80.
  CHECK(peak_of({{"a", ramping(100, {{"10s", 0}})}, {"b", ramping(0, {{"10s", 80}})}}) ==
        Approx(100));
  // The end of one in the middle of the other's rise.
  CHECK(peak_of({{"a", constant(60, "1s", "5s")}, {"b", ramping(0, {{"10s", 80}})}}) ==
        Approx(100));
}

TEST_CASE("the peak rate is that of this instance's part of the test") {
  CHECK(peak_of({{"a", constant(300, "1s", "10s")}}, {{"executionSegment", "0:1/5"}}) ==
        Approx(60));
  const json three{{"executionSegment", "0:1/3"}, {"executionSegmentSequence", "0,1/3,2/3,1"}};
  // 10 VUs in thirds are 4, 3 and 3, and the arrivals follow the VUs.
  CHECK(peak_of({{"a", constant(300, "1s", "10s")}}, three) == Approx(120));
}
