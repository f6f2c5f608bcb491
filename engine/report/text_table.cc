#include "report/text_table.h"

#include <algorithm>

#include "report/display_width.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kGap = 2;

std::vector<std::size_t> column_widths(const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<Cell>& row : rows) {
    widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  return widths;
}

std::string painted(const Cell& cell, TextStyle style) {
  return cell.ink ? paint(style, *cell.ink, cell.text) : cell.text;
}

}  // namespace

std::string text_table(const std::vector<std::vector<Cell>>& rows, std::size_t indent,
                       TextStyle style) {
  const std::vector<std::size_t> widths = column_widths(rows);
  std::string text;
  for (const std::vector<Cell>& row : rows) {
    text.append(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - display_width(row[i].text), ' ');
      text += i == 0 ? painted(row[i], style) + gap
                     : std::string(kGap, ' ') + gap + painted(row[i], style);
    }
    text += '\n';
  }
  return text;
}

}  // namespace loadrun::report
