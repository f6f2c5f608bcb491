// The module "k6-summary" in Lua: the cases about k6's summaries, and our own renderer on the same
// results.
#include <chrono>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/cases.h"
#include "metrics/metric_key.h"
#include "report/legacy_summary.h"
#include "report/summary_data.h"
#include "support/catch.h"
#include "unit/report/recording.h"
#include "unit/script/script_world.h"

namespace loadrun::test {
namespace {

using metrics::Builtin;
using nlohmann::json;

std::vector<Case> cases(std::string_view area) { return cases_of("metrics.jsonl", area); }

/// What the function body `code` returns with the JSON text `data` as `data`.
std::string result_with(const std::string& data, const std::string& code) {
  const std::string top =
      "local summary = require 'k6-summary'\nlocal data = json.decode([==[" + data + "]==])";
  return json::parse(result_of(code, top)).get<std::string>();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// As k6's: without our verdict.
std::string text_summary(const report::SummaryInput& input, const std::string& options) {
  return result_with(report::render_summary_data(input, {}),
                     "data.loadrun = nil\nreturn summary.textSummary(data, " + options + ")");
}

std::string humanized(const json& input) {
  const bool is_rate = input["kind"] == "rate";
  json metric{{"type", is_rate ? "rate" : "trend"},
              {"contains", is_rate ? "default" : input["kind"].get<std::string>()}};
  const json data{
      {"value", input["value"]}, {"metric", metric}, {"unit", input["summaryTimeUnit"]}};
  return result_with(data.dump(),
                     "local unit = data.unit ~= json.null and data.unit or nil\n"
                     "return summary.humanizeValue(data.value, data.metric, unit)");
}

// Of exact ties the value farther from zero is shown, as in k6: 0.125 ms is "0.13ms".
TEST_CASE("humanizeValue in Lua") {
  for (const Case& one : cases("summary.humanize")) {
    INFO(one.text());
    CHECK(humanized(one.input) == one.expected.get<std::string>());
  }
  CHECK(humanized({{"kind", "time"}, {"value", 0.125}, {"summaryTimeUnit", "ms"}}) == "0.13ms");
  CHECK(humanized({{"kind", "data"}, {"value", 0.5}, {"summaryTimeUnit", nullptr}}) == "0.5 B");
}

// A key with tags names a sub-metric that takes part of its metric's count.
void record_counters(Recording& run, const json& counters) {
  std::map<std::string, double> rest;
  for (const auto& [key, count] : counters.items()) {
    const metrics::ParsedMetricKey parsed = metrics::parse_metric_key(key).value();
    const auto id = run.declare(parsed.metric, metrics::MetricType::kCounter);
    rest[parsed.metric] += parsed.has_tags ? -count.get<double>() : count.get<double>();
    if (!parsed.has_tags) continue;
    run.threshold(key, "count>=0");
    run.record(id, count.get<double>(), parsed.tags);
  }
  for (const auto& [name, count] : rest) {
    run.record(run.declare(name, metrics::MetricType::kCounter), count);
  }
}

// What k6 prints is an empty line, textSummary and the ends of two lines. The sub-metrics of the
// cases come from thresholds here, which put a mark before them.
TEST_CASE("textSummary in Lua: summary.legacy_text") {
  for (const Case& one : cases("summary.legacy_text")) {
    INFO(one.text());
    Recording run;
    run.set_elapsed(std::chrono::duration_cast<Nanoseconds>(
        std::chrono::duration<double>(one.input["duration_s"].get<double>())));
    record_counters(run, one.input["counters"]);
    std::string text = text_summary(run.input(), "{ enableColors = false }");
    for (auto at = text.find("✓"); at != std::string::npos; at = text.find("✓")) {
      text.replace(at, std::string_view("✓").size(), " ");
    }
    CHECK("\n" + text + "\n\n" == one.expected.get<std::string>());
  }
}

void record_shop(Recording& run) {
  run.set_elapsed(4s);
  run.threshold("http_req_duration", "avg<2000");
  run.threshold("http_req_duration{scenario:browse}", "avg<1");
  run.threshold("http_reqs", "count>1");
  for (const double ms : {0.5, 1.25, 7.5, 63'000.0}) {
    run.record(Builtin::kHttpReqDuration, ms,
               {{"expected_response", "true"}, {"group", "::login"}, {"scenario", "browse"}});
  }
  run.record(Builtin::kHttpReqs, 3);
  run.record(Builtin::kDataSent, 20'500);
  run.record(Builtin::kVus, 2'000'000'000);
  run.record(Builtin::kVus, 3'000'000'000);
  run.check("::login", "status is 200", true, 3);
  run.check("::login::form", "로그인 성공", false, 2);
  run.check("", "is 200", false, 2);
  run.check("", "is 200", true, 1);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The renderer shows rates as k6 0.49 and later do, "4 out of 8"; k6's library has kept the older
// way.
TEST_CASE("textSummary in Lua shows what --summary-mode=legacy does") {
  Recording run;
  record_shop(run);
  const report::SummaryInput input = run.input();
  const auto expected = lines_of(render_legacy_summary(input, {}));
  const auto lines = lines_of("\n" + text_summary(input, "{ enableColors = false }") + "\n\n");
  REQUIRE(lines.size() == expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (has(expected[i], "out of")) {
      CHECK(has(lines[i], "checks.........................: 50.00%     ✓ 4            ✗ 4"));
    } else {
      CHECK(lines[i] == expected[i]);
    }
  }
}

TEST_CASE("textSummary in Lua with colors, another indent, unit and statistics") {
  Recording run;
  record_shop(run);
  const std::string text = text_summary(
      run.input(), "{ indent = '>', summaryTimeUnit = 's', summaryTrendStats = { 'max' } }");
  INFO(text);
  CHECK(has(text, "\x1b[32m>      ✓ status is 200\x1b[0m\n"));
  CHECK(has(text, "\x1b[31m>    ✗ is 200\n>     ↳  33% — ✓ 1 / ✗ 2\x1b[0m\n"));
  CHECK(has(text, ">  \x1b[32m✓\x1b[0m http_reqs"));
  CHECK(has(text, ">    \x1b[31m✗\x1b[0m { scenario:browse }"));
  CHECK(has(text, "\x1b[2m..............:\x1b[0m max=\x1b[36m63.00s\x1b[0m\n"));
  CHECK(has(text, "min=2000000000\x1b[0m \x1b[36;2mmax=3000000000\x1b[0m"));
}

TEST_CASE("textSummary in Lua begins with the verdict on the load generator") {
  Recording valid;
  valid.record(Builtin::kHttpReqs, 3);
  const std::string code = "return summary.textSummary(data, { enableColors = false })";
  CHECK(result_with(report::render_summary_data(valid.input(), {}), code)
            .starts_with("     █ VERDICT: VALID\n\n     http_reqs"));
  Recording bad;
  bad.record(Builtin::kHttpReqs, 3);
  bad.set_verdict({metrics::Validity::kInvalid,
                   {{.validity = metrics::Validity::kInvalid,
                     .rule = "stalled",
                     .text = "it stood still",
                     .advice = "Again."}}});
  const std::string data = report::render_summary_data(bad.input(), {});
  CHECK(result_with(data, code)
            .starts_with("     █ VERDICT: INVALID\n\n"
                         "       ✗ it stood still\n"
                         "         → Again.\n\n     http_reqs"));
  CHECK(has(result_with(data, "return summary.textSummary(data)"),
            "█ VERDICT: \x1b[31mINVALID\x1b[0m\n\n       \x1b[31m✗\x1b[0m it stood still\n"));
}

TEST_CASE("textSummary in Lua leaves out what the script took out, and says what it lacks") {
  Recording run;
  record_shop(run);
  const std::string data = report::render_summary_data(run.input(), {});
  const std::string text =
      result_with(data, "data.metrics.http_reqs = nil\nreturn summary.textSummary(data)");
  CHECK_FALSE(has(text, "http_reqs"));
  CHECK(has(text, "http_req_duration"));
  const std::string error = result_with(
      data,
      "return select(2, pcall(summary.textSummary, data, { summaryTrendStats = { 'p(1)' } }))");
  CHECK(has(error, "http_req_duration has no p(1)"));
}

}  // namespace
}  // namespace loadrun::test
