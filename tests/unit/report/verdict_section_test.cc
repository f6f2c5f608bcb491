#include "report/verdict_section.h"

#include <sstream>

#include "report/display_width.h"
#include "report/summary.h"
#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;
using metrics::Validity;
using metrics::Verdict;
using test::Recording;

metrics::VerdictReason reason(Validity validity, std::string text) {
  return {.validity = validity, .rule = "busy", .text = std::move(text), .advice = "Do less."};
}

std::string section(Verdict verdict, bool all = false, TextStyle style = {}) {
  Recording run;
  run.set_verdict(std::move(verdict));
  return verdict_section(run.input(), all, style);
}

TEST_CASE("a valid run has one line, with what was measured") {
  CHECK(section({}) == "  █ VERDICT: VALID \n\n");
  Recording run;
  run.record(Builtin::kLoadrunBusy, 0.1);
  run.record(Builtin::kLoadrunBusy, 0.34);
  CHECK(verdict_section(run.input(), false, {}) ==
        "  █ VERDICT: VALID (workers were at most 34 % busy) \n\n");
  Recording late;
  late.record(Builtin::kLoadrunBusy, 0.34);
  late.record(Builtin::kLoadrunTimerLateness, 3.14);
  CHECK(verdict_section(late.input(), false, {}) ==
        "  █ VERDICT: VALID (workers were at most 34 % busy and 3.1 ms late) \n\n");
}

TEST_CASE("reasons come with what to do") {
  CHECK(section({Validity::kInvalid,
                 {reason(Validity::kInvalid, "it stood still"),
                  reason(Validity::kDegraded, "it was busy")}}) ==
        "  █ VERDICT: INVALID \n"
        "\n"
        "    ✗ it stood still\n"
        "      → Do less.\n"
        "    ! it was busy\n"
        "      → Do less.\n"
        "\n\n");
}

TEST_CASE("long reasons are wrapped between words, below their beginnings") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "지연 words ";
  std::istringstream lines(section({Validity::kDegraded, {reason(Validity::kDegraded, text)}}));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CHECK(display_width(line) <= 100);
    if (count > 2 && line.find("지연") != std::string::npos) CHECK(line.starts_with("      "));
  }
  CHECK(count == 2 + 8 + 1 + 2);
}

TEST_CASE("a word that is longer than a line stands alone") {
  const std::string word(150, 'x');
  CHECK(section({Validity::kDegraded, {reason(Validity::kDegraded, "a " + word + " b")}})
            .find("    ! a\n      " + word + "\n      b\n") != std::string::npos);
}

TEST_CASE("a reason stays on its line whatever a script is called") {
  CHECK(section({Validity::kDegraded, {reason(Validity::kDegraded, "at a\n\x1b[31m.lua:1")}})
            .find("! at a  [31m.lua:1\n") != std::string::npos);
}

TEST_CASE("five reasons are shown, or all in full") {
  Verdict verdict{Validity::kDegraded, {}};
  for (int i = 0; i < 7; ++i) verdict.reasons.push_back(reason(Validity::kDegraded, "why"));
  const auto shown = [](const std::string& text) {
    std::size_t count = 0;
    for (auto at = text.find("! why"); at != std::string::npos; at = text.find("! why", at + 1)) {
      ++count;
    }
    return count;
  };
  const std::string some = section(verdict);
  CHECK(shown(some) == 5);
  CHECK(some.ends_with("      → Do less.\n    … and 2 more (--summary-mode=full)\n\n\n"));
  CHECK(shown(section(verdict, /*all=*/true)) == 7);
}

TEST_CASE("states have colours") {
  const TextStyle color{.color = true};
  CHECK(section({}, false, color) == "  \x1b[1m█ VERDICT: \x1b[0m\x1b[32mVALID\x1b[0m \n\n");
  const auto of = [&](Validity validity) {
    return section({validity, {reason(validity, "why")}}, false, color);
  };
  CHECK(of(Validity::kDegraded).find("\x1b[33mDEGRADED\x1b[0m") != std::string::npos);
  CHECK(of(Validity::kIncomplete).find("\x1b[33mINCOMPLETE\x1b[0m") != std::string::npos);
  CHECK(of(Validity::kInvalid).find("    \x1b[31m✗ \x1b[0mwhy\n") != std::string::npos);
}

TEST_CASE("the verdict comes first in every summary that is shown") {
  Recording run;
  run.record(Builtin::kHttpReqs, 1);
  run.threshold("http_reqs", "count>0");
  const SummaryInput input = run.input();
  for (const SummaryMode mode : {SummaryMode::kCompact, SummaryMode::kFull, SummaryMode::kLegacy}) {
    CHECK(render_summary(input, mode, {}).starts_with("\n  █ VERDICT: VALID \n\n"));
  }
  CHECK(render_summary(input, SummaryMode::kDisabled, {}).empty());
}

}  // namespace
}  // namespace loadrun::report
