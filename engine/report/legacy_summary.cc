#include "report/legacy_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "report/check_totals.h"
#include "report/group_tree.h"
#include "report/metric_row.h"
#include "report/output_losses.h"
#include "report/row_layout.h"
#include "report/shown_metrics.h"
#include "report/unscheduled_lines.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndent = 5;

std::string check_lines(const CheckTotal& check, std::string_view indent, TextStyle style) {
  if (check.fails == 0) {
    return paint(style, Ink::kGreen, fmt::format("{}✓ {}", indent, check.name)) + "\n";
  }
  const std::string text = fmt::format("{0}✗ {1}\n{0} ↳  {2}% — ✓ {3} / ✗ {4}", indent, check.name,
                                       pass_percent(check), check.passes, check.fails);
  return paint(style, Ink::kRed, text) + "\n";
}

// The checks of `group` and, in blocks of their own, of the groups in it.
std::string check_tree(const GroupNode& group, const std::string& indent, TextStyle style) {
  std::string text;
  for (const CheckTotal& check : check_totals(group.series)) {
    text += check_lines(check, indent, style);
  }
  if (!text.empty()) text += "\n";
  for (const GroupNode& inner : group.groups) {
    text += fmt::format("{}█ {}\n\n", indent, inner.name);
    text += check_tree(inner, indent + "  ", style);
  }
  return text;
}

std::string threshold_mark(const std::map<std::string, bool>& thresholds, TextStyle style) {
  if (thresholds.empty()) return " ";
  return mark(style,
              std::ranges::all_of(thresholds, [](const auto& entry) { return entry.second; }));
}

// Marks stand in the two columns before a name.
std::string metric_lines(const SummaryInput& input, TextStyle style) {
  std::vector<ShownMetric> metrics = shown_metrics(input);
  std::erase_if(metrics, [](const ShownMetric& shown) {
    return is_about_loadrun(shown) && !shown.asked_for;
  });
  std::vector<MetricRow> rows;
  rows.reserve(metrics.size());
  for (const ShownMetric& shown : metrics) rows.push_back(metric_row(shown, input));
  const RowLayout layout(rows, style);
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string line = layout.line(rows[i]);
    const std::size_t name = line.find_first_not_of(' ');
    text += fmt::format("   {:{}}{} {}\n", "", name,
                        threshold_mark(thresholds_of(metrics[i], input), style), line.substr(name));
  }
  return text;
}

}  // namespace

std::string render_legacy_summary(const SummaryInput& input, TextStyle style) {
  const GroupNode root = group_tree(all_series(input.totals));
  const std::string notes = unscheduled_lines(input, kIndent) + output_loss_lines(input, kIndent);
  return "\n" + check_tree(root, std::string(kIndent, ' '), style) + metric_lines(input, style) +
         (notes.empty() ? "" : "\n" + notes) + "\n";
}

}  // namespace loadrun::report
