#include "report/error_section.h"

#include <fmt/format.h>

#include "report/summary.h"
#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using test::Recording;

std::string lines(Recording& run, bool all = false) {
  run.set_run({.start = {10s}});
  return error_lines(run.input(), all, {});
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("errors by place and by status, the most frequent first, each with the first one") {
  Recording run;
  run.raised({"shop.lua", 7, "no stock"}, {{11s}, "buy", 3, 0}, 2);
  run.raised({"lib/cart.lua", 40, "attempt to index a nil value"}, {{12'500ms}, "buy", 1, 4}, 12);
  run.failed({.code = 1503, .status = 503}, {{10'250ms}, "GET", "http://h/a", ""}, 3);
  run.failed({.code = 1212}, {{10'500ms}, "POST", "order", "dial: connection refused"});
  CHECK(lines(run) ==
        "    iterations that raised: 14\n"
        "    12  lib/cart.lua:40: attempt to index a nil value\n"
        "        first at 2.5s: VU 1, iteration 4, scenario buy\n"
        "     2  shop.lua:7: no stock\n"
        "        first at 1s: VU 3, iteration 0, scenario buy\n"
        "\n"
        "    requests that failed: 4\n"
        "    3  status 503\n"
        "       first at 250ms: GET http://h/a\n"
        "    1  error 1212\n"
        "       first at 500ms: POST order: dial: connection refused\n");
}

TEST_CASE("one kind alone, and none at all") {
  Recording raised, failed, fine;
  raised.raised({.message = "x"}, {{11s}, "s", 1, 0});
  CHECK(lines(raised) ==
        "    iterations that raised: 1\n"
        "    1  x\n"
        "       first at 1s: VU 1, iteration 0, scenario s\n");
  failed.failed({.code = 1701, .status = 200}, {{11s}, "GET", "n", "bad gzip"});
  CHECK(lines(failed) ==
        "    requests that failed: 1\n"
        "    1  status 200, error 1701\n"
        "       first at 1s: GET n: bad gzip\n");
  CHECK(lines(fine).empty());
}

TEST_CASE("of equally frequent errors the earliest comes first") {
  Recording run;
  run.raised({"a.lua", 1, "late"}, {{15s}, "s", 1, 0});
  run.raised({"b.lua", 1, "early"}, {{12s}, "s", 1, 0});
  const std::string text = lines(run);
  CHECK(text.find("early") < text.find("late"));
}

TEST_CASE("ten kinds unless all are wanted, and those beyond the limit of kinds are counted") {
  Recording run;
  for (int i = 0; i < 150; ++i) {
    run.raised({"a.lua", 1, fmt::format("item {} is gone", i)}, {{11s}, "s", 1, 0});
  }
  const std::string some = lines(run);
  CHECK(contains(some, "iterations that raised: 150\n"));
  CHECK(some.ends_with("    … and 90 more (--summary-mode=full)\n    … and 50 of other kinds\n"));
}

TEST_CASE("all hundred kinds") {
  Recording run;
  for (int i = 0; i < 150; ++i) {
    run.raised({"a.lua", 1, fmt::format("item {} is gone", i)}, {{11s}, "s", 1, 0});
  }
  const std::string all = lines(run, true);
  CHECK(contains(all, "item 99 is gone"));
  CHECK_FALSE(contains(all, "--summary-mode"));
  CHECK(all.ends_with("    … and 50 of other kinds\n"));
}

TEST_CASE("long messages are cut, and messages of several lines stay on one") {
  Recording run;
  run.raised({.message = "first\nsecond\x1b[2J" + std::string(200, 'x')}, {{11s}, "s", 1, 0});
  const std::string text = lines(run);
  CHECK(contains(text, "    1  first second [2Jxxx"));
  CHECK(contains(text, "xxx…\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

}  // namespace
}  // namespace loadrun::report
