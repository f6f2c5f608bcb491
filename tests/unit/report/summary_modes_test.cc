#include "report/legacy_summary.h"
#include "report/summary.h"
#include "report/summary_mode.h"
#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::MetricType;
using metrics::ValueKind;
using test::golden;
using test::Recording;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Where a sample comes from.
struct Place {
  std::string scenario;
  std::string group;

  metrics::Tags tags() const { return {{"group", group}, {"scenario", scenario}}; }
};

void request(Recording& run, const Place& at, double waiting) {
  metrics::Tags tags = at.tags();
  metrics::set_tag(tags, "expected_response", "true");
  run.record(Builtin::kHttpReqs, 1, tags);
  run.record(Builtin::kHttpReqFailed, 0, tags);
  run.record(Builtin::kHttpReqBlocked, 0.0021, tags);
  run.record(Builtin::kHttpReqConnecting, 0, tags);
  run.record(Builtin::kHttpReqTlsHandshaking, 0, tags);
  run.record(Builtin::kHttpReqSending, 0.0625, tags);
  run.record(Builtin::kHttpReqWaiting, waiting, tags);
  run.record(Builtin::kHttpReqReceiving, 0.25, tags);
  run.record(Builtin::kHttpReqDuration, waiting + 0.3125, tags);
}

void check(Recording& run, const Place& at, const char* name, bool passed, int times) {
  metrics::Tags tags = at.tags();
  metrics::set_tag(tags, "check", name);
  for (int i = 0; i < times; ++i) run.record(Builtin::kChecks, passed ? 1 : 0, tags);
}

void iterations(Recording& run, const char* scenario, std::initializer_list<double> durations) {
  const metrics::Tags tags = Place{scenario, ""}.tags();
  for (const double ms : durations) {
    run.record(Builtin::kIterations, 1, tags);
    run.record(Builtin::kIterationDuration, ms, tags);
  }
  run.record(Builtin::kDataReceived, 13'061.5, tags);
  run.record(Builtin::kDataSent, 3'271.5, tags);
}

// A shop: one scenario with nested groups, one without, and one called "default".
void record_shop(Recording& run) {
  const auto trend = run.declare("my_trend", MetricType::kTrend, ValueKind::kTime);
  run.set_elapsed(4s);
  run.threshold("http_req_duration", "avg<2000");
  run.threshold("http_req_duration{scenario:browse}", "avg<1");
  run.threshold("http_req_failed", "rate<0.9");
  run.check("::setup", "prepared", true);
  for (const double ms : {0.5, 1.25, 7.5}) request(run, {"browse", "::login"}, ms);
  check(run, {"browse", "::login"}, "status is 200", true, 3);
  run.record(trend, 12.5, Place{"browse", "::login::form"}.tags());
  run.record(trend, 1, Place{"browse", "::login::form::field"}.tags());
  check(run, {"browse", "::login::captcha"}, "never", false, 3);
  run.record(trend, 2, Place{"browse", "::buy"}.tags());
  check(run, {"browse", ""}, "is 200", false, 2);
  check(run, {"browse", ""}, "is 200", true, 1);
  iterations(run, "browse", {204.237, 0.2097733, 180.4061});
  check(run, {"default", "::outer"}, "x", true, 3);
  run.record(trend, 1, Place{"default", "::outer::in"}.tags());
  check(run, {"default", "::second"}, "y", true, 3);
  run.record(trend, 5, Place{"zed", ""}.tags());
  iterations(run, "zed", {12.25});
  run.record(Builtin::kGroupDuration, 3.5, Place{"browse", "::login"}.tags());
  run.record(Builtin::kVus, 2);
  run.record(Builtin::kVusMax, 3);
}

TEST_CASE("the full summary adds every metric, the groups and the scenarios, to the last space") {
  Recording run;
  record_shop(run);
  CHECK(render_summary(run.input(), SummaryMode::kFull, {}) == golden("full.txt"));
}

TEST_CASE("the legacy summary has the layout of k6 before 1.0 to the last space") {
  Recording run;
  record_shop(run);
  CHECK(render_summary(run.input(), SummaryMode::kLegacy, {}) == golden("legacy.txt"));
}

TEST_CASE("colours of the legacy summary") {
  Recording run;
  run.plan().summary_trend_stats = {"avg"};
  run.threshold("http_reqs", "count<1");
  run.threshold("vus", "value>0");
  check(run, {"default", "::쿠폰"}, "발급", false, 2);
  check(run, {"default", ""}, "ok", true, 1);
  run.record(Builtin::kHttpReqs, 4);
  run.record(Builtin::kVus, 1);
  CHECK(
      render_legacy_summary(run.input(), {.color = true}) ==
      "\n"
      "\x1b[32m     ✓ ok\x1b[0m\n"
      "\n"
      "     █ 쿠폰\n"
      "\n"
      "\x1b[31m       ✗ 발급\n"
      "        ↳  0% — ✓ 0 / ✗ 2\x1b[0m\n"
      "\n"
      "     checks\x1b[2m......:\x1b[0m \x1b[36m33.33%\x1b[0m \x1b[36;2m1 out of 3\x1b[0m\n"
      "   \x1b[31m✗\x1b[0m http_reqs\x1b[2m...:\x1b[0m \x1b[36m4\x1b[0m      \x1b[36;2m4/s\x1b[0m\n"
      "   \x1b[32m✓\x1b[0m vus\x1b[2m.........:\x1b[0m \x1b[36m1\x1b[0m      "
      "\x1b[36;2mmin=1\x1b[0m      \x1b[36;2mmax=1\x1b[0m\n"
      "\n");
}

TEST_CASE("a disabled summary is nothing") {
  Recording run;
  record_shop(run);
  CHECK(render_summary(run.input(), SummaryMode::kDisabled, {}).empty());
}

TEST_CASE("without the scenario tag groups are sections of their own") {
  Recording run;
  run.record(Builtin::kHttpReqs, 1, {{"group", "::shop::cart"}});
  const std::string text = render_summary(run.input(), SummaryMode::kFull, {});
  CHECK(contains(text,
                 "  █ GROUP: shop \n\n"
                 "\n    ↳ GROUP: cart \n\n"
                 "      HTTP\n      http_reqs...: 1 1/s\n\n\n"));
  CHECK_FALSE(contains(text, "SCENARIO"));
}

TEST_CASE("metrics about loadrun itself stand at the end of EXECUTION in the full summary alone") {
  Recording run;
  const auto memory = run.declare("loadrun_x", MetricType::kGauge, ValueKind::kData);
  run.record(memory, 2'000'000, {{"scenario", "buy"}});
  run.record(Builtin::kVus, 1);
  const report::SummaryInput input = run.input();
  const std::string full = render_summary(input, SummaryMode::kFull, {});
  CHECK(contains(full,
                 "    EXECUTION\n"
                 "    vus.........: 1      min=1      max=1     \n"
                 "    loadrun_x...: 2.0 MB min=2.0 MB max=2.0 MB\n\n\n"));
  CHECK(contains(full, "  █ SCENARIO: buy \n\n    EXECUTION\n    loadrun_x...: 2.0 MB "));
  CHECK_FALSE(contains(render_summary(input, SummaryMode::kCompact, {}), "loadrun_x"));
  CHECK_FALSE(contains(render_summary(input, SummaryMode::kLegacy, {}), "loadrun_x"));
}

TEST_CASE("iterations that raised are counted in the compact summary, too, once there are some") {
  Recording run;
  run.record(Builtin::kIterations, 3);
  const std::string row = "    iterations..........: 3 3/s\n    iterations_failed...: 2 2/s\n";
  SECTION("none") {
    const std::string text = render_summary(run.input(), SummaryMode::kCompact, {});
    CHECK_FALSE(contains(text, "iterations_failed"));
  }
  SECTION("some") {
    run.record(Builtin::kIterationsFailed, 2);
    const report::SummaryInput input = run.input();
    CHECK(contains(render_summary(input, SummaryMode::kCompact, {}), row));
    CHECK(contains(render_summary(input, SummaryMode::kFull, {}), row));
    CHECK_FALSE(contains(render_summary(input, SummaryMode::kLegacy, {}), "iterations_failed"));
  }
}

TEST_CASE("a threshold brings a metric about loadrun itself into every summary") {
  Recording run;
  run.record(run.declare("loadrun_x", MetricType::kCounter), 3);
  run.threshold("loadrun_x", "count<5");
  const report::SummaryInput input = run.input();
  CHECK(contains(render_summary(input, SummaryMode::kCompact, {}),
                 "    EXECUTION\n    loadrun_x...: 3 3/s\n"));
  CHECK(render_legacy_summary(input, {}) == "\n   ✓ loadrun_x...: 3 3/s\n\n");
}

TEST_CASE("the value of --summary-mode") {
  CHECK(parse_summary_mode("compact").value() == SummaryMode::kCompact);
  CHECK(parse_summary_mode("full").value() == SummaryMode::kFull);
  CHECK(parse_summary_mode("legacy").value() == SummaryMode::kLegacy);
  CHECK(parse_summary_mode("disabled").value() == SummaryMode::kDisabled);
  const Result<SummaryMode> unknown = parse_summary_mode("Full");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code == ExitCode::kGeneric);
  CHECK(unknown.error().message ==
        "--summary-mode: \"Full\" is not a summary mode (expected compact, full, legacy or "
        "disabled)");
}

}  // namespace
}  // namespace loadrun::report
