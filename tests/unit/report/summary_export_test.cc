#include "report/summary_export.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::MetricType;
using nlohmann::json;
using test::golden;
using test::Recording;

json exported(Recording& run) { return json::parse(render_summary_export(run.input())); }

TEST_CASE("the export is k6's file to the letter") {
  Recording run;
  run.set_elapsed(2s);
  run.plan().summary_trend_stats = {"avg", "max", "p(95)"};
  run.threshold("http_req_duration", "p(95)<100");
  run.threshold("http_req_duration", "avg<500");
  run.threshold("http_req_duration{scenario:buy}", "max<=150");
  run.check("", "body ok", true, 3);
  run.check("", "body ok", false);
  run.check("::login", "쿠폰 발급 성공", true);
  run.record(Builtin::kHttpReqDuration, 150, {{"scenario", "buy"}});
  run.record(Builtin::kHttpReqs, 5);
  run.record(Builtin::kVus, 3);
  run.set_setup_data(R"json({"token":"t","ids":[1,2.5]})json");
  CHECK(render_summary_export(run.input()) + "\n" == golden("export.json"));
}

TEST_CASE("the export of an empty run has the root group and the verdict") {
  Recording run;
  CHECK(exported(run) == json::parse(R"json({
    "root_group": {"name": "", "path": "", "id": "d41d8cd98f00b204e9800998ecf8427e",
                   "groups": {}, "checks": {}},
    "metrics": {},
    "loadrun": {"verdict": {
      "passed": true, "exit_code": 0, "reason": "", "state": "VALID", "reasons": []}}})json"));
}

TEST_CASE("groups are known from any metric, nest, and those of setup and teardown are left out") {
  Recording run;
  run.record(Builtin::kHttpReqs, 1, {{"group", "::shop::cart"}});
  run.check("::setup", "prepared", true);
  run.check("::setup::inner", "prepared", true);
  run.record(Builtin::kHttpReqs, 1, {{"group", "::teardown"}});
  run.check("::setup of the shop", "ok", true);
  const json groups = exported(run)["root_group"]["groups"];
  REQUIRE(groups.size() == 2);
  CHECK(groups["shop"]["groups"]["cart"]["path"] == "::shop::cart");
  CHECK(groups["shop"]["checks"].empty());
  CHECK(groups["setup of the shop"]["checks"]["ok"]["passes"] == 1);
}

TEST_CASE("every type of metric has k6's keys, hidden ones included") {
  Recording run;
  run.set_elapsed(4s);
  run.plan().summary_trend_stats = {"min", "count", "p(50)"};
  run.record(run.declare("jobs", MetricType::kCounter), 10);
  run.record(run.declare("level", MetricType::kGauge), 1.5);
  run.record(Builtin::kChecks, 1);
  run.record(Builtin::kChecks, 0);
  run.record(Builtin::kHttpReqWaiting, 2.25);
  const json metrics = exported(run)["metrics"];
  CHECK(metrics == json::parse(R"json({
    "jobs": {"count": 10, "rate": 2.5},
    "level": {"value": 1.5, "min": 1.5, "max": 1.5},
    "checks": {"value": 0.5, "passes": 1, "fails": 1},
    "http_req_waiting": {"min": 2.25, "count": 1, "p(50)": 2.25
}
})json"));
}

TEST_CASE("a threshold belongs to its sub-metric however its key is spelled") {
  Recording run;
  run.threshold("http_req_duration{ expected_response: 'true' }", "max<1");
  run.record(Builtin::kHttpReqDuration, 5, {{"expected_response", "true"}});
  const json metrics = exported(run)["metrics"];
  CHECK(metrics["http_req_duration{expected_response:true}"]["thresholds"]["max<1"] == true);
}

TEST_CASE("the export says what was left in a queue") {
  Recording run;
  run.leave_waiting("open", 1234, 2'100'500us);
  CHECK(exported(run)["loadrun"]["unscheduled"] ==
        json::parse(R"({"open": {"count": 1234, "longest_wait_ms": 2100.5}})"));
}

TEST_CASE("metrics about loadrun itself are under a key of their own in the export") {
  Recording run;
  run.set_elapsed(2s);
  run.record(run.declare("loadrun_x", MetricType::kCounter), 4);
  run.threshold("loadrun_x", "count<1");
  const json document = exported(run);
  CHECK(document["metrics"] == json::object());
  CHECK(document["loadrun"]["metrics"] == json::parse(R"json({"loadrun_x": {
    "count": 4, "rate": 2, "thresholds": {"count<1": true}}})json"));
}

TEST_CASE("names that are not UTF-8 do not break the file") {
  Recording run;
  run.check("", "bad \xFF name", true);
  CHECK(exported(run)["root_group"]["checks"].size() == 1);
}

}  // namespace
}  // namespace loadrun::report
