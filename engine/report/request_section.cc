#include "report/request_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "report/request_rows.h"
#include "report/short_text.h"
#include "report/text_table.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kMaxRows = 20;
constexpr std::size_t kMaxLabel = 60;  // columns

constexpr std::size_t kFailed = 1;  // where kRequestColumns has it

std::vector<Cell> title_cells() {
  std::vector<Cell> cells{{"", Ink::kFaint}};
  for (const std::string_view title : kRequestColumns) {
    cells.push_back({std::string(title), Ink::kFaint});
  }
  return cells;
}

std::vector<Cell> cells_of(const RequestRow& row, const std::string& time_unit) {
  std::vector<Cell> cells{{shortened_in_the_middle(label_of(row), kMaxLabel)}};
  for (std::string& text : request_texts(row, time_unit)) {
    cells.push_back({std::move(text), Ink::kCyan});
  }
  if (row.failed.trues > 0) cells[1 + kFailed].ink = Ink::kRed;
  return cells;
}

}  // namespace

std::string request_lines(const SummaryInput& input, bool all, TextStyle style) {
  const std::vector<RequestRow> rows = request_rows(input.totals);
  if (rows.empty()) return {};
  const std::size_t shown = all ? rows.size() : std::min(rows.size(), kMaxRows);
  std::vector<std::vector<Cell>> cells{title_cells()};
  for (std::size_t i = 0; i < shown; ++i) {
    cells.push_back(cells_of(rows[i], input.plan.summary_time_unit));
  }
  std::string text = text_table(cells, kIndent, style);
  if (shown < rows.size()) {
    text +=
        fmt::format("{:{}}… and {} more (--summary-mode=full)\n", "", kIndent, rows.size() - shown);
  }
  return text;
}

}  // namespace loadrun::report
