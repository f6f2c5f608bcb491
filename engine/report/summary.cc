#include "report/summary.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "report/check_totals.h"
#include "report/metric_row.h"
#include "report/row_layout.h"
#include "report/shown_metrics.h"
#include "report/threshold_section.h"

namespace loadrun::report {
namespace {

enum class Section { kCustom, kHttp, kExecution, kNetwork, kHidden };

constexpr std::array kSections{
    std::pair{Section::kCustom, std::string_view("CUSTOM")},
    std::pair{Section::kHttp, std::string_view("HTTP")},
    std::pair{Section::kExecution, std::string_view("EXECUTION")},
    std::pair{Section::kNetwork, std::string_view("NETWORK")},
};

// Where the compact summary shows a metric.
Section section_of(metrics::MetricId id) {
  using metrics::Builtin;
  switch (static_cast<Builtin>(id.index)) {
    case Builtin::kHttpReqs:
    case Builtin::kHttpReqFailed:
    case Builtin::kHttpReqDuration:
      return Section::kHttp;
    case Builtin::kVus:
    case Builtin::kVusMax:
    case Builtin::kIterations:
    case Builtin::kIterationDuration:
    case Builtin::kDroppedIterations:
      return Section::kExecution;
    case Builtin::kDataSent:
    case Builtin::kDataReceived:
      return Section::kNetwork;
    case Builtin::kChecks:  // Has a block of its own.
    case Builtin::kGroupDuration:
    case Builtin::kHttpReqBlocked:
    case Builtin::kHttpReqConnecting:
    case Builtin::kHttpReqTlsHandshaking:
    case Builtin::kHttpReqSending:
    case Builtin::kHttpReqWaiting:
    case Builtin::kHttpReqReceiving:
    case Builtin::kLoadrunLuaMemory:
      return Section::kHidden;
    case Builtin::kCount:
      break;
  }
  return Section::kCustom;
}

std::string titled(std::string_view title, const std::string& blocks, TextStyle style) {
  return fmt::format("  {} \n\n{}\n\n", paint(style, Ink::kBold, fmt::format("█ {}", title)),
                     blocks);
}

std::string check_line(const CheckTotal& check, TextStyle style) {
  std::string text = fmt::format("    {} {}\n", mark(style, check.fails == 0), check.name);
  if (check.fails == 0) return text;
  return text + fmt::format("      ↳  {}% — {} {} / {} {}\n",
                            100 * check.passes / (check.passes + check.fails), mark(style, true),
                            check.passes, mark(style, false), check.fails);
}

std::string rows_block(const std::vector<MetricRow>& rows, const RowLayout& layout) {
  std::string text;
  for (const MetricRow& row : rows) text += "    " + layout.line(row) + "\n";
  return text;
}

void append_check_blocks(std::vector<std::string>& blocks, const SummaryInput& input,
                         TextStyle style) {
  const auto& checks =
      std::get<metrics::Rate>(input.totals.metric(metrics::id_of(metrics::Builtin::kChecks)));
  if (checks.total == 0) return;
  const std::vector<MetricRow> rows = check_rows(checks, input.elapsed);
  blocks.push_back(rows_block(rows, RowLayout(rows, style)));
  std::string list;
  for (const CheckTotal& check : check_totals(input.totals)) list += check_line(check, style);
  if (!list.empty()) blocks.push_back(std::move(list));
}

// All sections share one alignment; it covers only what is shown.
void append_metric_blocks(std::vector<std::string>& blocks, const SummaryInput& input,
                          TextStyle style) {
  std::array<std::vector<MetricRow>, kSections.size()> rows;
  std::vector<MetricRow> all;
  for (const ShownMetric& shown : shown_metrics(input)) {
    const Section section = section_of(shown.metric.id);
    if (section == Section::kHidden) continue;
    all.push_back(metric_row(shown, input));
    rows.at(static_cast<std::size_t>(section)).push_back(all.back());
  }
  const RowLayout layout(all, style);
  for (const auto& [section, title] : kSections) {
    const std::vector<MetricRow>& own = rows.at(static_cast<std::size_t>(section));
    if (own.empty()) continue;
    blocks.push_back("    " + paint(style, Ink::kBold, title) + "\n" + rows_block(own, layout));
  }
}

std::string results(const SummaryInput& input, TextStyle style) {
  std::vector<std::string> blocks;
  append_check_blocks(blocks, input, style);
  append_metric_blocks(blocks, input, style);
  return fmt::format("{}", fmt::join(blocks, "\n"));
}

}  // namespace

std::string render_summary(const SummaryInput& input, TextStyle style) {
  std::string text = "\n";
  const std::string thresholds = threshold_blocks(input, style);
  if (!thresholds.empty()) text += titled("THRESHOLDS", thresholds, style);
  return text + titled("TOTAL RESULTS", results(input, style), style) + "\n";
}

}  // namespace loadrun::report
