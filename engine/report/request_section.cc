#include "report/request_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/humanize.h"
#include "report/request_rows.h"
#include "report/short_text.h"
#include "report/text_table.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kMaxRows = 20;
constexpr std::size_t kMaxLabel = 60;  // columns

std::vector<Cell> title_cells() {
  std::vector<Cell> cells;
  for (const char* title : {"", "count", "failed", "p(50)", "p(95)", "p(99)", "max"}) {
    cells.push_back({title, Ink::kFaint});
  }
  return cells;
}

std::vector<Cell> cells_of(const RequestRow& row, const std::string& time_unit) {
  const auto time = [&](double ms) -> Cell {
    return {humanize(ms, metrics::ValueKind::kTime, time_unit), Ink::kCyan};
  };
  return {{shortened_in_the_middle(label_of(row), kMaxLabel)},
          {std::to_string(row.count), Ink::kCyan},
          {failed_text(row), row.failed.trues > 0 ? Ink::kRed : Ink::kCyan},
          time(row.duration.percentile(0.5)),
          time(row.duration.percentile(0.95)),
          time(row.duration.percentile(0.99)),
          time(row.duration.max())};
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
