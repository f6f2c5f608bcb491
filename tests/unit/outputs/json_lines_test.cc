#include "outputs/json_lines.h"

#include "metrics/registry.h"
#include "support/catch.h"

using namespace loadrun;

namespace {

std::string lines_of(const plan::Plan& plan, metrics::Builtin metric, const metrics::Tags& tags,
                     double value = 1) {
  setenv("TZ", "UTC", 1);
  const metrics::Registry registry;
  outputs::SeriesTable series;
  series.add({registry.metric(id_of(metric)), tags});
  outputs::JsonLines lines(plan, series);
  outputs::Batch batch;
  batch.samples.push_back({.value = value, .wall = 1614173830s});
  std::string text;
  lines.append(text, batch, batch.samples[0]);
  return text;
}

}  // namespace

// Character by character what k6 v2.2.0 wrote, but for the time.
TEST_CASE("lines of JSON have k6's keys in k6's order") {
  plan::Plan plan;
  plan.system_tags = {"expected_response"};
  plan.thresholds = {{"http_req_duration{expected_response:true}", {}}};
  CHECK(lines_of(plan, metrics::Builtin::kHttpReqDuration, {{"group", ""}, {"q", "x\"y"}}, 0.1) ==
        R"({"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time",)"
        R"("thresholds":[],"submetrics":[{"name":"http_req_duration{expected_response:true}",)"
        R"("suffix":"expected_response:true","tags":{"expected_response":"true"}}]},)"
        R"("metric":"http_req_duration"})"
        "\n"
        R"({"metric":"http_req_duration","type":"Point","data":{"time":"2021-02-24T13:37:10Z",)"
        R"("value":0.1,"tags":{"group":"","q":"x\"y"}}})"
        "\n");
}

TEST_CASE("k6's own sub-metric is there without being asked for, if its tag is") {
  plan::Plan plan;
  const auto has_it = [&plan] {
    return lines_of(plan, metrics::Builtin::kHttpReqDuration, {}).find("expected_response:true") !=
           std::string::npos;
  };
  CHECK_FALSE(has_it());
  plan.system_tags = {"expected_response"};
  CHECK(has_it());
}

TEST_CASE("a metric without sub-metrics says null, text that is not UTF-8 is repaired") {
  CHECK(lines_of({}, metrics::Builtin::kVus, {{"a", "\xff"}}) ==
        R"({"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default",)"
        R"("thresholds":[],"submetrics":null},"metric":"vus"})"
        "\n"
        R"({"metric":"vus","type":"Point","data":{"time":"2021-02-24T13:37:10Z","value":1,)"
        "\"tags\":{\"a\":\"\xef\xbf\xbd\"}}}\n");
}
