#include "report/summary_json.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::MetricType;
using nlohmann::json;
using test::Recording;

json rendered(Recording& run) { return json::parse(render_summary_json(run.input())); }

TEST_CASE("the run, how it ended and what it was to do") {
  Recording run;
  run.set_elapsed(4'250ms);
  run.set_run({.script = "shop.lua",
               .seed = 18'446'744'073'709'551'615U,
               .workers = 2,
               .start = {10s},
               .wall = 1'700'000'000'250ms});
  run.set_end(ExitCode::kThresholdsFailed, "thresholds on metrics 'x' have been crossed");
  run.plan().tags = {{"team", "a"}};
  const json document = rendered(run);
  CHECK(document["schema"] == "loadrun-summary");
  CHECK(document["version"] == 1);
  CHECK(document["run"] == json::parse(R"({
    "script": "shop.lua", "started": "2023-11-14T22:13:20.250Z", "duration_s": 4.25,
    "seed": "18446744073709551615", "workers": 2})"));
  CHECK(document["verdict"] == json::parse(R"({
    "passed": false, "exit_code": 99,
    "reason": "thresholds on metrics 'x' have been crossed", "state": "VALID", "reasons": []})"));
  CHECK(document["options"]["tags"] == json::parse(R"({"team": "a"})"));
}

TEST_CASE("the verdict on the load generator with its reasons") {
  Recording run;
  run.set_end(ExitCode::kInvalidRun, "the figures are INVALID: it stood still");
  run.set_verdict({metrics::Validity::kInvalid,
                   {{.validity = metrics::Validity::kInvalid,
                     .rule = "stalled",
                     .text = "it stood still",
                     .advice = "Again.",
                     .worker = 1,
                     .first_second = 12,
                     .last_second = 13},
                    {.validity = metrics::Validity::kIncomplete,
                     .rule = "dropped",
                     .text = "too few VUs",
                     .advice = "More.",
                     .last_second = 29}}});
  CHECK(rendered(run)["verdict"] == json::parse(R"({
    "passed": false, "exit_code": 95, "reason": "the figures are INVALID: it stood still",
    "state": "INVALID", "reasons": [
      {"rule": "stalled", "state": "INVALID", "text": "it stood still", "advice": "Again.",
       "worker": 1, "from_s": 12, "to_s": 14},
      {"rule": "dropped", "state": "INCOMPLETE", "text": "too few VUs", "advice": "More.",
       "from_s": 0, "to_s": 30}]})"));
}

TEST_CASE("an empty run has all members") {
  Recording run;
  const json document = rendered(run);
  CHECK(document["verdict"]["passed"] == true);
  for (const char* list : {"scenarios", "thresholds", "requests"}) {
    CHECK(document[list] == json::array());
  }
  CHECK(document["metrics"] == json::object());
  CHECK(document["root_group"] ==
        json::parse(R"({"name": "", "path": "", "checks": [], "groups": []})"));
  CHECK(document["errors"]["iterations"] ==
        json::parse(R"({"count": 0, "others": 0, "kinds": []})"));
}

TEST_CASE("metrics of every type with their units and all values") {
  Recording run;
  run.set_elapsed(4s);
  run.plan().summary_trend_stats = {"avg", "p(99.99)"};
  run.record(Builtin::kDataSent, 10);
  run.record(Builtin::kVus, 3);
  run.record(Builtin::kChecks, 1);
  run.record(Builtin::kChecks, 0);
  run.record(Builtin::kIterationsFailed, 2);
  for (int i = 1; i <= 101; ++i) run.record(Builtin::kHttpReqDuration, i);
  const json metrics = rendered(run)["metrics"];
  CHECK(metrics["data_sent"] == json::parse(R"({
    "type": "counter", "unit": "bytes", "tags": {}, "values": {"count": 10, "rate": 2.5}})"));
  CHECK(metrics["vus"]["values"] == json::parse(R"({"value": 3, "min": 3, "max": 3})"));
  CHECK(metrics["vus"]["unit"] == "none");
  CHECK(metrics["checks"]["values"] == json::parse(R"({"rate": 0.5, "passes": 1, "fails": 1})"));
  CHECK(metrics["iterations_failed"]["values"]["count"] == 2);
  CHECK(metrics["http_req_duration"]["unit"] == "ms");
  CHECK(metrics["http_req_duration"]["values"] == json::parse(R"({
    "count": 101, "sum": 5151, "avg": 51, "min": 1, "p50": 51, "p90": 91, "p95": 96, "p99": 100,
    "p99.9": 100.9, "p99.99": 100.99, "max": 101})"));
}

TEST_CASE("thresholds and their sub-metrics") {
  Recording run;
  run.threshold("http_req_duration{scenario:buy}", "max<=150");
  run.threshold("http_reqs", "count>9");
  run.plan().thresholds.back().specs.back().abort_on_fail = true;
  run.record(Builtin::kHttpReqDuration, 120, {{"scenario", "buy"}});
  run.record(Builtin::kHttpReqs, 4);
  const json document = rendered(run);
  CHECK(document["thresholds"] == json::parse(R"([
    {"metric": "http_req_duration{scenario:buy}", "source": "max<=150", "statistic": "max",
     "observed": 120, "unit": "ms", "ok": true, "abort_on_fail": false},
    {"metric": "http_reqs", "source": "count>9", "statistic": "count",
     "observed": 4, "unit": "none", "ok": false, "abort_on_fail": true}])"));
  const json sub = document["metrics"]["http_req_duration{scenario:buy}"];
  CHECK(sub["tags"] == json::parse(R"({"scenario": "buy"})"));
  CHECK(sub["values"]["count"] == 1);
}

TEST_CASE("thresholds with windows say how many failed, and when") {
  Recording run;
  run.threshold("http_reqs", "count>9");
  run.plan().thresholds.back().specs.back().window = 30s;
  run.plan().thresholds.back().specs.back().after = 10s;
  const SummaryInput plain = run.input();
  std::vector<metrics::ThresholdOutcome> outcomes = plain.thresholds;
  outcomes[0].windows = 5;
  outcomes[0].failed_windows = 2;
  outcomes[0].failed_at = 41;
  const SummaryInput input{.registry = plain.registry,
                           .totals = plain.totals,
                           .thresholds = outcomes,
                           .plan = plain.plan};
  const json threshold = json::parse(render_summary_json(input))["thresholds"][0];
  CHECK(threshold["after_s"] == 10);
  CHECK(threshold["window_s"] == 30);
  CHECK(threshold["windows"] == 5);
  CHECK(threshold["failed_windows"] == 2);
  CHECK(threshold["failed_at_s"] == 41);
}

TEST_CASE("what outputs lost") {
  Recording run;
  run.lose({"csv (a.csv)", 7, "too slow"});
  const json lost = rendered(run)["output_losses"].at(0);
  CHECK(lost["output"] == "csv (a.csv)");
  CHECK(lost["samples_lost"] == 7);
  CHECK(lost["reason"] == "too slow");
}

TEST_CASE("scenarios with what became of their iterations") {
  Recording run;
  plan::Scenario scenario;
  scenario.name = "buy";
  scenario.executor = plan::ConstantVus{.vus = 3, .duration = 10s};
  scenario.start_time = 5s;
  run.plan().scenarios = {scenario};
  run.set_scenarios({{"buy", 10, 8, 3, 2, 7}});
  run.leave_waiting("buy", 6, 70ms);
  const json document = rendered(run);
  CHECK(document["scenarios"] == json::parse(R"json([
    {"name": "buy", "executor": "constant-vus",
     "description": "3 looping VUs for 10s (startTime: 5s, gracefulStop: 30s)", "start_time_s": 5,
     "iterations": {"started": 10, "completed": 8, "failed": 3, "interrupted": 2, "dropped": 7},
     "unscheduled": {"count": 6, "longest_wait_ms": 70}}])json"));
  CHECK(document["options"]["max_vus"] == 3);
  CHECK(document["options"]["max_duration_s"] == 45);
}

TEST_CASE("groups nest, with their checks") {
  Recording run;
  run.check("::login::form", "ok", true, 2);
  run.check("::login::form", "ok", false);
  CHECK(rendered(run)["root_group"]["groups"] == json::parse(R"([
    {"name": "login", "path": "::login", "checks": [], "groups": [
      {"name": "form", "path": "::login::form", "groups": [],
       "checks": [{"name": "ok", "passes": 2, "fails": 1}]}]}])"));
}

TEST_CASE("requests by name and method") {
  Recording run;
  run.request({{"method", "GET"}, {"name", "a"}}, 5, 3, /*failed=*/true);
  const json requests = rendered(run)["requests"];
  REQUIRE(requests.size() == 1);
  CHECK(requests[0]["name"] == "a");
  CHECK(requests[0]["method"] == "GET");
  CHECK(requests[0]["count"] == 3);
  CHECK(requests[0]["judged"] == 3);
  CHECK(requests[0]["failed"] == 3);
  CHECK(requests[0]["duration_ms"]["p99"] == 5);
}

TEST_CASE("errors with the first of each kind") {
  Recording run;
  run.set_run({.start = {10s}});
  run.raised({"shop.lua", 7, "no\nstock"}, {{11'500ms}, "buy", 3, 5}, 2);
  run.failed({.code = 1212}, {{12s}, "GET", "n", "refused"});
  CHECK(rendered(run)["errors"] == json::parse(R"({
    "iterations": {"count": 2, "others": 0, "kinds": [
      {"file": "shop.lua", "line": 7, "message": "no\nstock", "count": 2,
       "first": {"at_s": 1.5, "scenario": "buy", "vu": 3, "iteration": 5}}]},
    "requests": {"count": 1, "others": 0, "kinds": [
      {"error_code": 1212, "status": 0, "count": 1,
       "first": {"at_s": 2, "method": "GET", "name": "n", "error": "refused"}}]}})"));
}

TEST_CASE("what is not finite is null, what is not UTF-8 is repaired") {
  Recording run;
  run.record(run.declare("level", MetricType::kGauge), std::numeric_limits<double>::infinity());
  run.raised({.message = "bad \xFF byte"}, {{1s}, "s", 1, 0});
  const json document = rendered(run);
  CHECK(document["metrics"]["level"]["values"]["max"].is_null());
  CHECK(document["errors"]["iterations"]["kinds"][0]["message"] == "bad \xEF\xBF\xBD byte");
}

}  // namespace
}  // namespace loadrun::report
