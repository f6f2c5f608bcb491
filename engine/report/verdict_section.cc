#include "report/verdict_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "report/display_width.h"
#include "report/part_sections.h"
#include "report/short_text.h"

namespace loadrun::report {
namespace {

using metrics::Validity;

constexpr std::size_t kIndent = 4;
constexpr std::size_t kColumns = 100;
constexpr std::size_t kMaxReasons = 5;
constexpr double kPercent = 100;

Ink ink_of(Validity validity) {
  if (validity == Validity::kValid) return Ink::kGreen;
  return validity == Validity::kInvalid ? Ink::kRed : Ink::kYellow;
}

std::string title(const metrics::Verdict& verdict, const std::string& rest, TextStyle style) {
  return fmt::format("  {}{}{} \n\n", paint(style, Ink::kBold, "█ VERDICT: "),
                     paint(style, ink_of(verdict.validity), metrics::name_of(verdict.validity)),
                     rest);
}

std::optional<double> largest(const SummaryInput& input, metrics::Builtin metric) {
  const auto* const trend = std::get_if<metrics::Trend>(&input.totals.metric(id_of(metric)));
  if (trend == nullptr || trend->count() == 0) return std::nullopt;
  return trend->max();
}

/// " (workers were at most 34 % busy and 3.1 ms late)".
std::string valid_text(const SummaryInput& input) {
  const auto busy = largest(input, metrics::Builtin::kLoadrunBusy);
  const auto late = largest(input, metrics::Builtin::kLoadrunTimerLateness);
  if (!busy) return {};
  std::string text = fmt::format(" (workers were at most {:.0f} % busy", kPercent * *busy);
  if (late) text += fmt::format(" and {:.1f} ms late", *late);
  return text + ")";
}

/// The words of `text` in lines of at most kColumns, which begin with `first` and then with as many
/// blanks.
std::string wrapped(const std::string& first, std::size_t width, std::string_view text) {
  std::string lines = first;
  std::size_t column = width;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t columns = display_width(word);
    if (column > width && column + 1 + columns > kColumns) {
      lines += "\n" + std::string(width, ' ');
      column = width;
    }
    if (column > width) lines += ' ';
    column += columns + (column > width ? 1 : 0);
    lines += word;
  }
  return lines + "\n";
}

std::string reason_lines(const metrics::VerdictReason& reason, TextStyle style) {
  const std::string blanks(kIndent, ' ');
  const std::string_view sign = reason.validity == Validity::kInvalid ? "✗ " : "! ";
  return wrapped(blanks + paint(style, ink_of(reason.validity), sign), kIndent + 2,
                 on_one_line(reason.text)) +
         wrapped(blanks + "  → ", kIndent + 4, reason.advice);
}

}  // namespace

std::string verdict_section(const SummaryInput& input, bool all, TextStyle style) {
  const metrics::Verdict& verdict = input.verdict;
  if (verdict.reasons.empty()) return title(verdict, valid_text(input), style);
  const std::size_t shown =
      all ? verdict.reasons.size() : std::min(verdict.reasons.size(), kMaxReasons);
  std::string text = title(verdict, "", style);
  for (std::size_t i = 0; i < shown; ++i) text += reason_lines(verdict.reasons[i], style);
  const std::size_t left_out = verdict.reasons.size() - shown;
  if (left_out > 0) {
    text += fmt::format("{:{}}… and {} more (--summary-mode=full)\n", "", kIndent, left_out);
  }
  return text + "\n\n";
}

}  // namespace loadrun::report
