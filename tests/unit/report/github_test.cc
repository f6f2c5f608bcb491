#include <fmt/format.h>

#include <algorithm>

#include "report/github_annotations.h"
#include "report/github_summary.h"
#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using test::Recording;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an annotation has GitHub's escapes") {
  CHECK(github_error("a: b, 50%", "100% of\r\n:: all, done") ==
        "::error title=a%3A b%2C 50%25::100%25 of%0D%0A:: all, done\n");
  CHECK(github_error("t", "m", {.file = "a,b:c.lua", .line = 12}) ==
        "::error file=a%2Cb%3Ac.lua,line=12,title=t::m\n");
}

TEST_CASE("how the run ended, failed thresholds and errors of the script are annotated") {
  Recording run;
  run.threshold("http_req_duration", "max<1");
  run.threshold("http_reqs", "count>0");
  run.record(Builtin::kHttpReqDuration, 5);
  run.record(Builtin::kHttpReqs, 1);
  run.raised({"shop.lua", 7, "no stock"}, {{1s}, "s", 1, 0}, 3);
  run.set_end(ExitCode::kThresholdsFailed, "thresholds have been crossed");
  CHECK(github_annotations(run.input()) ==
        "::error title=loadrun ends with 99::thresholds have been crossed\n"
        "::error title=Threshold failed::http_req_duration: 'max<1' max=5ms\n"
        "::error file=shop.lua,line=7,title=Iterations raised (3)::no stock\n");
}

TEST_CASE("what outputs lost is a warning, besides the ten errors") {
  Recording run;
  run.lose({"json (a.json)", 12, "disk full"});
  for (int i = 0; i < 50; ++i) run.raised({"a.lua", i, "x"}, {{1s}, "s", 1, 0});
  CHECK(github_annotations(run.input())
            .ends_with("\n::warning title=Output json (a.json)::12 samples lost: disk full\n"));
}

TEST_CASE("the reasons of the verdict are warnings, and a list in the job summary") {
  Recording run;
  run.set_verdict({metrics::Validity::kDegraded,
                   {{.rule = "busy", .text = "it was 97 % busy", .advice = "Do less."}}});
  const SummaryInput input = run.input();
  CHECK(github_annotations(input) ==
        "::warning title=DEGRADED%3A busy::it was 97 %25 busy. Do less.\n");
  CHECK(contains(render_github_summary(input),
                 "\nVerdict: **DEGRADED**\n\n- it was 97 % busy. Do less.\n"));
}

TEST_CASE("a run that passed has no annotations, one with many errors has ten") {
  Recording fine;
  fine.threshold("http_reqs", "count==0");
  CHECK(github_annotations(fine.input()).empty());
  Recording bad;
  for (int i = 0; i < 50; ++i) bad.raised({"a.lua", i, "x"}, {{1s}, "s", 1, 0});
  const std::string text = github_annotations(bad.input());
  CHECK(std::count(text.begin(), text.end(), '\n') == 10);
}

TEST_CASE("the job summary has the verdict, thresholds, figures, requests and errors") {
  Recording run;
  run.plan().summary_trend_stats = {"max"};
  run.threshold("http_req_duration", "max<1");
  run.threshold("http_reqs", "count>0");
  run.request({{"method", "GET"}, {"name", "buy"}}, 5, 2, /*failed=*/true);
  run.raised({"shop.lua", 7, "no stock"}, {{1s}, "s", 1, 0}, 3);
  run.failed({.code = 1503, .status = 503}, {{1s}, "GET", "buy", ""}, 2);
  run.set_run({.script = "shop.lua"});
  run.set_end(ExitCode::kThresholdsFailed, "thresholds were crossed");
  CHECK(render_github_summary(run.input()) ==
        "## loadrun: shop.lua failed (exit code 99)\n"
        "\n"
        "thresholds were crossed\n"
        "\nVerdict: **VALID**\n"
        "\n### Thresholds\n\n"
        "| metric | threshold | observed |  |\n"
        "|---|--:|--:|--:|\n"
        "| http&#95;req&#95;duration | max&#60;1 | max=5ms | ❌ |\n"
        "| http&#95;reqs | count&#62;0 | count=2 | ✅ |\n"
        "\n### Main figures\n\n"
        "| metric | values |\n"
        "|---|--:|\n"
        "| http&#95;req&#95;duration | max=5ms |\n"
        "| http&#95;req&#95;failed | 100.00% 2 out of 2 |\n"
        "| http&#95;reqs | 2 2/s |\n"
        "\n### Requests\n\n"
        "| name | count | failed | p(50) | p(95) | p(99) | max |\n"
        "|---|--:|--:|--:|--:|--:|--:|\n"
        "| buy | 2 | 100.00% | 5ms | 5ms | 5ms | 5ms |\n"
        "\n### Iterations that raised\n\n"
        "| error | first | count |\n"
        "|---|--:|--:|\n"
        "| shop.lua&#58;7&#58; no stock | VU 1, iteration 0, scenario s | 3 |\n"
        "\n### Requests that failed\n\n"
        "| error | first | count |\n"
        "|---|--:|--:|\n"
        "| status 503 | GET buy | 2 |\n"
        "\n");
}

TEST_CASE("texts of others cannot break the Markdown") {
  Recording run;
  run.request({{"method", "GET"}, {"name", "a|b `c` <img> **d**\n| e"}}, 5);
  const std::string text = render_github_summary(run.input());
  CHECK(
      contains(text, "| a&#124;b &#96;c&#96; &#60;img&#62; &#42;&#42;d&#42;&#42; &#124; e | 1 |"));
}

TEST_CASE("the job summary of a large run is small") {
  Recording run;
  for (int i = 0; i < 300; ++i) {
    const std::string name = fmt::format("{}{}", std::string(5000, '|'), i);
    run.threshold(fmt::format("http_reqs{{name:x{:03}}}", i), "count>0");
    run.request({{"method", "GET"}, {"name", name}}, 5);
    run.raised({"a.lua", i, std::string(300, '|')}, {{1s}, "s", 1, 0});
    run.failed({.code = i}, {{1s}, "GET", std::string(300, '|'), std::string(300, '|')});
  }
  const std::string text = render_github_summary(run.input());
  CHECK(text.size() < 200'000);
  CHECK(contains(text, "… and 280 more\n"));  // requests
  CHECK(contains(text, "… and 90 more\n"));   // errors
  CHECK(contains(text, "| of other kinds |  | 200 |\n"));
  CHECK(contains(text, "… and 200 more\n"));  // thresholds
}

}  // namespace
}  // namespace loadrun::report
