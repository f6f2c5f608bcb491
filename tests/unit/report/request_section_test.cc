#include "report/request_section.h"

#include <fmt/format.h>

#include "report/summary.h"
#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using test::Recording;

metrics::Tags of(std::string name, std::string method = "GET") {
  return {{"method", std::move(method)}, {"name", std::move(name)}};
}

std::string lines(Recording& run, bool all = false) { return request_lines(run.input(), all, {}); }

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a row per name; first those that took most time, in aligned columns") {
  Recording run;
  run.request(of("buy"), 250, 4);
  run.request(of("조회"), 1.5, 100);
  run.request(of("buy"), 350, 1, /*failed=*/true);
  CHECK(lines(run) ==
        "          count  failed  p(50)  p(95)  p(99)    max\n"
        "    buy       5  20.00%  250ms  330ms  346ms  350ms\n"
        "    조회    100   0.00%  1.5ms  1.5ms  1.5ms  1.5ms\n");
}

TEST_CASE("tags other than name and method are no rows of their own") {
  Recording run;
  metrics::Tags failed = of("buy");
  metrics::set_tag(failed, "status", "503");
  run.request(of("buy"), 1);
  run.request(failed, 3, 1, /*failed=*/true);
  CHECK(contains(lines(run), "    buy      2  50.00%    2ms"));
}

TEST_CASE("a name with several methods has a row for each, the others do without") {
  Recording run;
  run.request(of("/item", "GET"), 4);
  run.request(of("/item", "PUT"), 3);
  run.request(of("/list", "POST"), 2);
  const std::string text = lines(run);
  CHECK(contains(text, "    GET /item  "));
  CHECK(contains(text, "    PUT /item  "));
  CHECK(contains(text, "    /list  "));
}

TEST_CASE("requests are counted by whatever was measured of them") {
  Recording run;
  run.record(Builtin::kHttpReqDuration, 7, of("a"));
  run.record(Builtin::kHttpReqDuration, 7, of("a"));
  CHECK(contains(lines(run), "    a      2       -    7ms"));
}

TEST_CASE("without judgement there is no share of failures, without names no table") {
  Recording unjudged;
  unjudged.record(Builtin::kHttpReqs, 1, of("a"));
  unjudged.record(Builtin::kHttpReqDuration, 7, of("a"));
  CHECK(contains(lines(unjudged), "    a      1       -    7ms"));
  Recording unnamed;
  unnamed.request({{"method", "GET"}}, 1);
  CHECK(lines(unnamed).empty());
  Recording idle;
  CHECK(lines(idle).empty());
}

TEST_CASE("twenty rows unless all are wanted") {
  Recording run;
  for (int i = 0; i < 25; ++i) run.request(of(fmt::format("name{:02}", i)), 100 - i);
  const SummaryInput input = run.input();
  const std::string some = request_lines(input, false, {});
  CHECK(contains(some, "name19"));
  CHECK_FALSE(contains(some, "name20"));
  CHECK(some.ends_with("    … and 5 more (--summary-mode=full)\n"));
  const std::string all = request_lines(input, true, {});
  CHECK(contains(all, "name24"));
  CHECK_FALSE(contains(all, "more"));
}

TEST_CASE("long URLs lose their middle, lines stay lines") {
  Recording run;
  run.request(of("http://shop.example/" + std::string(100, 'x') + "/checkout?step=2"), 1);
  run.request(of("a\nb\x1b[31m"), 1);
  const std::string text = lines(run);
  CHECK(contains(text, "    http://shop.example/xxxxxxxxxx…xxxxxxxxxxxxx/checkout?step=2  "));
  CHECK(contains(text, "    a b [31m  "));
}

TEST_CASE("the summaries show requests and errors below k6's sections; not the old layout") {
  Recording run;
  run.request(of("buy"), 1, 2, /*failed=*/true);
  run.record(Builtin::kVus, 1);
  run.raised({.message = "no stock"}, {.at = {1s}, .scenario = "s", .vu = 1});
  const SummaryInput input = run.input();
  for (const SummaryMode mode : {SummaryMode::kCompact, SummaryMode::kFull}) {
    const std::string text = render_summary(input, mode, {});
    CHECK(contains(text,
                   "\n\n\n  █ REQUESTS \n\n"
                   "         count   failed  p(50)  p(95)  p(99)  max\n"
                   "    buy      2  100.00%    1ms    1ms    1ms  1ms\n"
                   "\n\n  █ ERRORS \n\n"
                   "    iterations that raised: 1\n"));
    CHECK(text.ends_with("\n\n\n\n"));
  }
  CHECK_FALSE(contains(render_summary(input, SummaryMode::kLegacy, {}), "REQUESTS"));
  CHECK_FALSE(contains(render_summary(input, SummaryMode::kLegacy, {}), "ERRORS"));
}

}  // namespace
}  // namespace loadrun::report
