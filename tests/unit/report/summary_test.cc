#include "report/summary.h"

#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::MetricType;
using metrics::ValueKind;
using test::golden;
using test::Recording;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string compact(Recording& run) {
  return render_summary(run.input(), SummaryMode::kCompact, {});
}

void record_requests(Recording& run) {
  const auto request = [&run](double ms, const char* scenario, const char* expected) {
    run.record(Builtin::kHttpReqs, 1);
    run.record(Builtin::kHttpReqFailed, expected == std::string_view("true") ? 0 : 1);
    run.record(Builtin::kHttpReqDuration, ms,
               {{"expected_response", expected}, {"scenario", scenario}});
    run.record(Builtin::kHttpReqWaiting, ms);  // Hidden by the compact layout.
  };
  request(0.0914727, "browse", "false");
  request(0.2521834, "browse", "true");
  request(1.5187432, "browse", "true");
  request(0.5104561, "buy", "true");
}

void record_custom(Recording& run) {
  const auto counter = run.declare("my_counter", MetricType::kCounter);
  const auto gauge = run.declare("my_gauge", MetricType::kGauge);
  const auto trend = run.declare("my_trend", MetricType::kTrend, ValueKind::kTime);
  run.declare("never_used", MetricType::kCounter);
  run.record(counter, 40);
  run.record(gauge, 0);
  run.record(gauge, 19);
  run.record(trend, 12.5);
}

void record_execution(Recording& run) {
  for (const double ms : {204.237, 0.2097733, 180.4061}) {
    run.record(Builtin::kIterations, 1);
    run.record(Builtin::kIterationDuration, ms);
  }
  run.record(Builtin::kGroupDuration, 3.5, {{"group", "::login"}});
  run.record(Builtin::kVus, 2);
  run.record(Builtin::kVusMax, 3);
  run.record(Builtin::kDataReceived, 26'123);
  run.record(Builtin::kDataSent, 6'543);
}

TEST_CASE("the compact summary has k6's layout to the last space") {
  Recording run;
  run.set_elapsed(4'073'627'600ns);
  run.threshold("http_req_duration", "p(95)<1");
  run.threshold("http_req_duration", "avg<2000");
  run.threshold("http_req_duration{scenario:buy}", "p(99)<500");
  run.threshold("http_req_failed", "rate<0.9");
  run.check("::login", "status is 200", true, 40);
  run.check("", "is 200", false, 40);
  record_requests(run);
  record_custom(run);
  record_execution(run);
  CHECK(compact(run) == golden("compact.txt"));
}

TEST_CASE("iterations that waited in vain are named with their number and the longest wait") {
  Recording run;
  run.record(Builtin::kDroppedIterations, 1240);
  run.leave_waiting("early", 6, 70ms);
  run.leave_waiting("open", 1234, 2'100ms);
  const std::string block =
      "early: 6 iterations never started (queue); the longest had waited 70ms\n"
      "INDENTopen: 1234 iterations never started (queue); the longest had waited 2.1s\n";
  const auto indented = [&](const std::string& indent) {
    return "\n\n" + indent + std::string(block).replace(block.find("INDENT"), 6, indent) + "\n";
  };
  const report::SummaryInput input = run.input();
  CHECK(contains(render_summary(input, SummaryMode::kCompact, {}), indented("    ")));
  CHECK(contains(render_summary(input, SummaryMode::kFull, {}), indented("    ")));
  CHECK(contains(render_summary(input, SummaryMode::kLegacy, {}), indented("     ")));
}

TEST_CASE("colours do not change the columns, and wide characters count as two") {
  Recording run;
  run.plan().summary_trend_stats = {"avg", "p(95)"};
  run.threshold("http_req_duration{name:발급}", "avg<1");
  run.threshold("http_reqs", "count>9");
  run.check("", "쿠폰 발급 성공", true, 2);
  run.check("", "쿠폰 발급 성공", false);
  run.check("", "쿠폰 조회 성공", true);
  run.record(Builtin::kHttpReqDuration, 12.5, {{"name", "조회"}});
  run.record(Builtin::kHttpReqs, 4);
  run.record(Builtin::kVus, 1);
  run.record(Builtin::kVus, 2);
  CHECK(render_summary(run.input(), SummaryMode::kCompact, {.color = true}) == golden("color.txt"));
}

TEST_CASE("a run without samples still has its title") {
  Recording run;
  CHECK(compact(run) == "\n  █ VERDICT: VALID \n\n  █ TOTAL RESULTS \n\n\n\n\n");
}

TEST_CASE("summaryTimeUnit forces one unit with two decimals, in thresholds, too") {
  Recording run;
  run.plan().summary_time_unit = std::string(1, 's');  // GCC 12 warns of plain "s" (PR105651).
  run.plan().summary_trend_stats = {"med", "count", "p(99.9)"};
  run.threshold("iteration_duration", "max<1");
  run.record(Builtin::kIterationDuration, 1234.5678);
  const std::string text = compact(run);
  CHECK(contains(text, "    ✗ 'max<1' max=1.23s\n"));
  CHECK(contains(text, "    iteration_duration...: med=1.23s count=1 p(99.9)=1.23s\n"));
}

TEST_CASE("thresholds of a sub-metric alone stand below its metric's name") {
  Recording run;
  run.set_elapsed(2s);
  run.threshold("http_reqs{status:500}", "rate<1");
  run.record(Builtin::kHttpReqs, 1, {{"status", "500"}});
  CHECK(contains(compact(run),
                 "    http_reqs\n\n      {status:500}\n      ✓ 'rate<1' rate=0.5/s\n\n\n"));
}

TEST_CASE("a threshold's window, and which of them failed, stand beside it") {
  Recording run;
  const report::SummaryInput made = run.input();
  metrics::ThresholdOutcome windowed{.key = "http_req_duration",
                                     .metric = metrics::id_of(Builtin::kHttpReqDuration),
                                     .tags = {},
                                     .source = "p(95)<500",
                                     .stat_name = "p(95)",
                                     .observed = 612,
                                     .ok = false,
                                     .window = 30s,
                                     .windows = 31,
                                     .failed_windows = 4,
                                     .failed_at = 42};
  metrics::ThresholdOutcome later = windowed;
  later.ok = true;
  later.window = 0ns;
  later.after = 10s;
  later.failed_windows = 0;
  const std::vector<metrics::ThresholdOutcome> outcomes{windowed, later};
  const report::SummaryInput input{made.registry, made.totals, outcomes, made.plan};
  const std::string text = render_summary(input, SummaryMode::kCompact, {});
  CHECK(contains(text,
                 "    ✗ 'p(95)<500' window=30s p(95)=612ms after 42s, 4 of 31 windows failed\n"
                 "    ✓ 'p(95)<500' after=10s p(95)=612ms\n"));
}

TEST_CASE("what is measured of loadrun itself is shown when it says something") {
  Recording kept;
  kept.record(Builtin::kLoadrunThresholdOk, 1);
  CHECK_FALSE(contains(compact(kept), "loadrun_"));
  Recording crossed;
  crossed.record(Builtin::kLoadrunThresholdOk, 1);
  crossed.record(Builtin::kLoadrunThresholdOk, 0);
  CHECK(contains(compact(crossed), "loadrun_threshold_ok...: 50.00% 1 out of 2"));
  Recording folded;
  folded.record(Builtin::kLoadrunFoldedTags, 7);
  CHECK(contains(compact(folded), "loadrun_folded_tags...: 7"));
}

TEST_CASE("a metric with a threshold is shown although it has no samples") {
  Recording run;
  run.plan().summary_trend_stats = {"avg"};
  run.threshold("http_req_duration", "avg<1");
  const std::string text = compact(run);
  CHECK(contains(text, "    HTTP\n    http_req_duration...: avg=0s\n\n\n"));
}

TEST_CASE(
    "a check of one name is one line over all groups and tags, in order of first appearance") {
  Recording run;
  run.check("::b", "ok", true, 2);
  run.check("::a", "first in the alphabet", true);
  run.check("::a", "ok", false);
  run.record(Builtin::kChecks, 1, {{"check", "ok"}, {"group", "::a"}, {"scenario", "s"}});
  CHECK(contains(compact(run),
                 "    ✗ ok\n"
                 "      ↳  75% — ✓ 3 / ✗ 1\n"
                 "    ✓ first in the alphabet\n"));
}

TEST_CASE("without the check tag the totals of checks remain") {
  Recording run;
  run.record(Builtin::kChecks, 1);
  CHECK(contains(compact(run),
                 "    checks_total.......: 1       1/s\n"
                 "    checks_succeeded...: 100.00% 1 out of 1\n"
                 "    checks_failed......: 0.00%   0 out of 1\n"
                 "\n\n"));
}

}  // namespace
}  // namespace loadrun::report
