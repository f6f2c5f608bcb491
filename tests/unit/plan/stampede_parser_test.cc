#include "plan/stampede_parser.h"

#include "plan/options_json.h"
#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;
using test::scenario_of;

StartAt start_at(std::string_view text) {
  const auto start = parse_start_at(text);
  if (!start.ok()) FAIL(start.error().message);
  return start.value();
}

json stampede(json fields) {
  fields["executor"] = "per-vu-iterations";
  return {{"scenarios", {{"rush", std::move(fields)}}}};
}

TEST_CASE("a start is an RFC 3339 time") {
  constexpr Nanoseconds kNoon = 1'777'636'800s;
  for (const char* text : {"2026-05-01T12:00:00Z", "2026-05-01t12:00:00z", "2026-05-01 12:00:00Z",
                           "2026-05-01T14:30:00+02:30", "2026-04-30T22:00:00-14:00"}) {
    INFO(text);
    CHECK(start_at(text) == StartAt{StartAt::Origin::kEpoch, kNoon});
  }
  CHECK(start_at("2026-05-01T12:00:00.25Z").offset == kNoon + 250ms);
  CHECK(start_at("2024-02-29T00:00:00Z").offset == 1'709'164'800s);
}

TEST_CASE("a start is a time after the test's") {
  CHECK(start_at("T+30s") == StartAt{StartAt::Origin::kTestStart, 30s});
  CHECK(start_at("T+1m0.5s").offset == 60'500ms);
}

TEST_CASE("other starts are refused") {
  for (const char* text : {"",
                           "30s",
                           "T+",
                           "T30s",
                           "T+-1s",
                           "T+5",
                           "2026-05-01",
                           "2026-05-01T12:00:00",
                           "2026-05-01T12:00Z",
                           "2026-02-29T12:00:00Z",
                           "2026-13-01T12:00:00Z",
                           "2026-05-01T24:00:00Z",
                           "2026-05-01T12:00:60Z",
                           "2026-05-01T12:00:00.Z",
                           "2026-05-01T12:00:00Z ",
                           "2026-05-01T12:00:00+2:00",
                           "26-05-01T12:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "2262-01-01T00:00:00Z",
                           "2026-05-01T12:00:00.0123456789Z"}) {
    INFO(text);
    CHECK_FALSE(parse_start_at(text).ok());
  }
}

TEST_CASE("a start is written as it is read") {
  for (const char* text : {"T+1m30s", "2026-05-01T12:00:00.000000001Z"}) {
    CHECK(start_at_text(start_at(text)) == text);
  }
}

TEST_CASE("iteration-bound scenarios take the fields of a stampede") {
  for (const char* executor : {"per-vu-iterations", "shared-iterations"}) {
    const Scenario scenario = scenario_of({{"executor", executor},
                                           {"prepare", "default"},
                                           {"prepareTimeout", "5s"},
                                           {"startAt", "T+30s"}});
    const Stampede& rush = *stampede_of(scenario.executor);
    CHECK(rush.prepare == "default");
    CHECK(rush.prepare_timeout == 5s);
    CHECK(rush.start_at == StartAt{StartAt::Origin::kTestStart, 30s});
    CHECK(preparation(scenario) == 30s);
    CHECK(latest_end(scenario) == 30s + 10min + 30s);
  }
  const Scenario plain = scenario_of({{"executor", "per-vu-iterations"}});
  CHECK(stampede_of(plain.executor)->prepare.empty());
  CHECK(stampede_of(plain.executor)->prepare_timeout == 60s);
  CHECK(preparation(plain) == 0s);
}

TEST_CASE("a stampede that cannot be is refused") {
  CHECK(error_of(stampede({{"prepare", "login"}})) ==
        "executor rush: function 'login' not found in exports (the script exports default)");
  CHECK(error_of(stampede({{"prepareTimeout", "5s"}})) ==
        "script options: scenarios.rush.prepareTimeout: has no effect without prepare");
  CHECK(error_of(stampede({{"prepare", ""}})) ==
        "script options: scenarios.rush.prepare: is empty (expected the name of a function)");
  CHECK(error_of(stampede({{"startAt", "T+1s"}, {"startTime", "1s"}})) ==
        "script options: scenarios.rush.startAt: cannot be used together with startTime");
  CHECK(error_of(stampede({{"startAt", "noon"}})) ==
        "script options: scenarios.rush.startAt: \"noon\" is not an instant (expected e.g. "
        "\"2026-05-01T12:00:00+02:00\" or \"T+30s\", a time after the test's start)");
  CHECK(error_of(
            {{"scenarios",
              {{"flow", {{"executor", "constant-vus"}, {"duration", "1s"}, {"prepare", "x"}}}}}}) ==
        "script options: scenarios.flow.prepare: the executor constant-vus has no such field");
}

TEST_CASE("a start on the wall clock lies ahead, and not too far") {
  const Scenario scenario =
      scenario_of({{"executor", "per-vu-iterations"}, {"startAt", "2026-05-01T12:00:00Z"}});
  CHECK(preparation(scenario) == 1h);
  CHECK(latest_end(scenario) == 1h + 10min + 30s);
  CHECK(release_at(scenario, 1'777'636'800s - 10s) == 10s);
  CHECK(release_at(scenario, 1'777'636'800s + 1s) == -1s);
  CHECK(error_of(stampede({{"startAt", "2026-05-01T10:59:59Z"}})) ==
        "scenario rush: startAt is in the past: it is 2026-05-01T11:00:00.000000000Z now");
  CHECK(error_of(stampede({{"startAt", "2062-05-01T12:00:00Z"}})) ==
        "scenario rush: startAt is more than a year ahead: it is 2026-05-01T11:00:00.000000000Z "
        "now");
}

TEST_CASE("a start after the test's is the same for every clock") {
  const Scenario scenario = scenario_of({{"executor", "shared-iterations"}, {"startAt", "T+30s"}});
  CHECK(release_at(scenario, 1'777'636'800s) == 30s);
  CHECK_FALSE(release_at(scenario_of({{"executor", "shared-iterations"}}), 0s).has_value());
}

TEST_CASE("a description names a stampede") {
  CHECK(describe(scenario_of({{"executor", "per-vu-iterations"},
                              {"vus", 5},
                              {"prepare", "default"},
                              {"startAt", "T+30s"}})) ==
        "1 iterations for each of 5 VUs (maxDuration: 10m0s, prepare: default, startAt: T+30s, "
        "gracefulStop: 30s)");
}

TEST_CASE("a stampede is among the options shown") {
  const Plan plan =
      plan_of(stampede({{"prepare", "default"}, {"startAt", "2026-05-01T12:00:00.5Z"}}));
  const json options = json::parse(options_json(plan));
  const json& shown = options.at("scenarios").at("rush");
  CHECK(shown.at("prepare") == "default");
  CHECK(shown.at("prepareTimeout") == "1m0s");
  CHECK(shown.at("startAt") == "2026-05-01T12:00:00.500000000Z");
  CHECK(json::parse(options_json(plan_of(options))) == options);
}

}  // namespace
}  // namespace loadrun::plan
