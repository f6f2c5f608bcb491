#include "report/row_layout.h"

#include <algorithm>

#include "report/display_width.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kMinDots = 3;

void widen(std::vector<std::size_t>& widths, std::size_t column, std::size_t width) {
  if (widths.size() <= column) widths.resize(column + 1);
  widths[column] = std::max(widths[column], width);
}

std::size_t width_of(const MetricRow::Stat& stat) {
  return display_width(stat.name) + 1 + display_width(stat.value);
}

}  // namespace

RowLayout::RowLayout(const std::vector<MetricRow>& rows, TextStyle style) : style_(style) {
  for (const MetricRow& row : rows) {
    label_width_ = std::max(label_width_, display_width(row.label) + kMinDots);
    value_width_ = std::max(value_width_, display_width(row.value));
    for (std::size_t i = 0; i < row.extras.size(); ++i) {
      widen(extra_widths_, i, display_width(row.extras[i]));
    }
    for (std::size_t i = 0; i < row.stats.size(); ++i) {
      widen(stat_widths_, i, width_of(row.stats[i]));
    }
  }
}

std::string RowLayout::line(const MetricRow& row) const {
  const std::string dots(label_width_ - display_width(row.label), '.');
  return row.label + paint(style_, Ink::kFaint, dots + ":") + " " +
         (row.stats.empty() ? value_and_extras(row) : stats(row));
}

std::string RowLayout::stats(const MetricRow& row) const {
  std::string text;
  for (std::size_t i = 0; i < row.stats.size(); ++i) {
    if (i > 0) text += ' ';
    const MetricRow::Stat& stat = row.stats[i];
    text += stat.name + "=" + paint(style_, Ink::kCyan, stat.value);
    text.append(stat_widths_[i] - width_of(stat), ' ');
  }
  return text;
}

std::string RowLayout::value_and_extras(const MetricRow& row) const {
  std::string text = paint(style_, Ink::kCyan, row.value);
  text.append(value_width_ - display_width(row.value), ' ');
  for (std::size_t i = 0; i < row.extras.size(); ++i) {
    text += " " + paint(style_, Ink::kFaintCyan, row.extras[i]);
    if (row.extras.size() > 1) text.append(extra_widths_[i] - display_width(row.extras[i]), ' ');
  }
  return text;
}

}  // namespace loadrun::report
