#include "report/summary.h"

#include <fmt/format.h>

#include "report/capacity_section.h"
#include "report/error_section.h"
#include "report/group_tree.h"
#include "report/legacy_summary.h"
#include "report/output_losses.h"
#include "report/part_sections.h"
#include "report/request_section.h"
#include "report/results_block.h"
#include "report/shown_metrics.h"
#include "report/threshold_section.h"
#include "report/unscheduled_lines.h"
#include "report/verdict_section.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndent = 4;

std::string total_section(const SummaryInput& input, bool all_metrics, TextStyle style) {
  const std::string notes = unscheduled_lines(input, kIndent) + output_loss_lines(input, kIndent);
  return section_title("TOTAL RESULTS", style) +
         results_block(all_series(input.totals), shown_metrics(input), input,
                       {.indent = kIndent, .all_metrics = all_metrics, .style = style}) +
         (notes.empty() ? "" : "\n" + notes) + "\n\n";
}

/// Of what k6's summary does not have.
std::string own_sections(const SummaryInput& input, bool all, TextStyle style) {
  const auto section = [style](const char* title, const std::string& lines) {
    return lines.empty() ? "" : section_title(title, style) + lines + "\n\n";
  };
  return section("CAPACITY", capacity_lines(input, style)) +
         section("REQUESTS", request_lines(input, all, style)) +
         section("ERRORS", error_lines(input, all, style));
}

/// How the counts add up.
std::string balance_section(const SummaryInput& input, TextStyle style) {
  if (!input.balance) return "";
  std::string text = section_title("BALANCE", style);
  for (const std::string& equation : input.balance->equations()) {
    text += fmt::format("{:{}}{}\n", "", kIndent, equation);
  }
  return text + "\n";
}

std::string render_sections(const SummaryInput& input, bool all_metrics, TextStyle style) {
  std::string text;
  const std::string thresholds = threshold_blocks(input, style);
  if (!thresholds.empty()) text += section_title("THRESHOLDS", style) + thresholds + "\n\n";
  text += total_section(input, all_metrics, style);
  if (all_metrics) text += part_sections(input, style);
  text += own_sections(input, all_metrics, style);
  if (all_metrics) text += balance_section(input, style);
  return text + "\n";
}

}  // namespace

std::string render_summary(const SummaryInput& input, SummaryMode mode, TextStyle style) {
  if (mode == SummaryMode::kDisabled) return {};
  const bool all = mode == SummaryMode::kFull;
  return "\n" + verdict_section(input, all, style) +
         (mode == SummaryMode::kLegacy ? render_legacy_summary(input, style)
                                       : render_sections(input, all, style));
}

}  // namespace loadrun::report
