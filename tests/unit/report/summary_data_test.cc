#include "report/summary_data.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::MetricType;
using nlohmann::json;
using test::Recording;

json data_of(Recording& run, const SummaryState& state = {}) {
  return json::parse(render_summary_data(run.input(), state));
}

TEST_CASE("groups and checks of handleSummary's data are arrays in order of definition") {
  Recording run;
  run.check("::z::inner", "b", true, 3);
  run.check("::z", "second", true);
  run.check("::z", "first", false);
  run.check("::a", "c", true);
  run.check("", "root", true);
  run.check("::teardown", "left out", true);
  const json root = data_of(run)["root_group"];
  CHECK(root["path"].get<std::string>().empty());
  CHECK(root["id"] == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(root["checks"][0]["name"] == "root");
  REQUIRE(root["groups"].size() == 2);
  CHECK(root["groups"][1]["name"] == "a");
  const json z = root["groups"][0];
  CHECK(z["path"] == "::z");
  CHECK(z["checks"][0]["name"] == "second");
  CHECK(z["checks"][1]["fails"] == 1);
  CHECK(z["groups"][0] == json::parse(R"json({
    "name": "inner", "path": "::z::inner", "id": "65cf2a41ee07a7aa35fb35ae4471104b", "groups": [],
    "checks": [{"name": "b", "path": "::z::inner::b", "id": "6eac61539651997b44c457629c0c61e5",
                "passes": 3, "fails": 0}]})json"));
}

TEST_CASE("metrics of handleSummary's data have type, content, values and thresholds") {
  Recording run;
  run.set_elapsed(2s);
  run.plan().summary_trend_stats = {"avg", "p(99.9)", "count"};
  run.threshold("checks", "rate>0.5");
  run.threshold("http_req_duration{status:200}", "avg<2000");
  run.threshold("http_req_duration{status:200}", "max<1");
  run.check("", "ok", true, 3);
  run.check("", "ok", false);
  run.record(Builtin::kHttpReqDuration, 6.5, {{"status", "200"}});
  run.record(Builtin::kDataSent, 7);
  run.record(run.declare("level", MetricType::kGauge), 2.5);
  CHECK(data_of(run)["metrics"] == json::parse(R"json({
    "checks": {"type": "rate", "contains": "default",
               "values": {"rate": 0.75, "passes": 3, "fails": 1},
               "thresholds": {"rate>0.5": {"ok": true}}},
    "data_sent": {"type": "counter", "contains": "data", "values": {"count": 7, "rate": 3.5}},
    "http_req_duration": {"type": "trend", "contains": "time",
                          "values": {"avg": 6.5, "p(99.9)": 6.5, "count": 1}},
    "http_req_duration{status:200}": {
      "type": "trend", "contains": "time", "values": {"avg": 6.5, "p(99.9)": 6.5, "count": 1},
      "thresholds": {"avg<2000": {"ok": true}, "max<1": {"ok": false}}},
    "level": {"type": "gauge", "contains": "default",
              "values": {"value": 2.5, "min": 2.5, "max": 2.5}}})json"));
}

TEST_CASE("options, state and setup data are handed to handleSummary") {
  Recording run;
  run.set_elapsed(7'762'561ns);
  run.plan().summary_trend_stats = {"med"};
  run.plan().summary_time_unit = "ms";
  run.set_setup_data(R"json({"a":1})json");
  const json data = data_of(run, {.stdout_is_tty = true, .stderr_is_tty = false, .no_color = true});
  CHECK(data["options"] ==
        json::parse(R"({"summaryTrendStats": ["med"], "summaryTimeUnit": "ms", "noColor": true})"));
  CHECK(
      data["state"] ==
      json::parse(R"({"isStdOutTTY": true, "isStdErrTTY": false, "testRunDurationMs": 7.762561})"));
  CHECK(data["setup_data"] == json::parse(R"({"a":1})"));
}

TEST_CASE(
    "handleSummary's data of an empty run has no setup data, and just a verdict of loadrun's") {
  Recording run;
  const json data = data_of(run);
  CHECK(data["metrics"] == json::object());
  CHECK(data["options"]["summaryTimeUnit"].get<std::string>().empty());
  CHECK_FALSE(data.contains("setup_data"));
  CHECK(data["loadrun"] == json::parse(R"({"verdict": {
    "passed": true, "exit_code": 0, "reason": "", "state": "VALID", "reasons": []}})"));
}

TEST_CASE("the data of handleSummary says what was left in a queue") {
  Recording run;
  run.leave_waiting("open", 1234, 2'100'500us);
  CHECK(data_of(run)["loadrun"]["unscheduled"] ==
        json::parse(R"({"open": {"count": 1234, "longest_wait_ms": 2100.5}})"));
}

TEST_CASE("metrics about loadrun itself are under a key of their own in handleSummary's data") {
  Recording run;
  run.record(run.declare("loadrun_x", MetricType::kCounter), 4);
  const json data = data_of(run);
  CHECK(data["metrics"] == json::object());
  CHECK(data["loadrun"]["metrics"] == json::parse(R"json({"loadrun_x": {
    "type": "counter", "contains": "default", "values": {"count": 4, "rate": 4}}})json"));
}

}  // namespace
}  // namespace loadrun::report
