#include "report/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "plan/schedule.h"
#include "report/display_width.h"

namespace loadrun::report {
namespace {

using State = ScenarioProgress::State;

constexpr int kBarCells = 38;

std::size_t digits(std::int64_t value) { return std::to_string(value).size(); }

// "007": `value` with as many digits as `limit` has.
std::string as_wide_as(std::int64_t value, std::int64_t limit) {
  return fmt::format("{:0{}}", value, digits(limit));
}

// `d` to a tenth of a second, with the units and digits that `max` needs: "00m04.1s" of 10m30s.
std::string fixed_duration(Nanoseconds d, Nanoseconds max) {
  if (plan::is_endless(max)) max = d;
  const std::int64_t tenths = std::llround(to_seconds(std::max(d, Nanoseconds{0})) * 10);
  const std::int64_t seconds = tenths / 10;
  const std::int64_t max_seconds =
      std::max(seconds, std::chrono::duration_cast<std::chrono::seconds>(max).count());
  std::string text;
  if (max_seconds >= 3600) text += as_wide_as(seconds / 3600, max_seconds / 3600) + "h";
  if (max_seconds >= 60) {
    const std::int64_t limit = max_seconds >= 3600 ? 59 : max_seconds / 60;
    text += as_wide_as(seconds / 60 % 60, limit) + "m";
  }
  const std::int64_t limit = max_seconds >= 60 ? 59 : max_seconds;
  return text + as_wide_as(seconds % 60, limit) + fmt::format(".{}s", tenths % 10);
}

std::string_view phase(const Progress& progress) {
  if (progress.ended) return "running";  // k6's last frame says so, too.
  if (progress.init) return "init";
  if (progress.setup) return "setup";
  if (progress.teardown) return "teardown";
  return "running";
}

std::string state_mark(State state, TextStyle style) {
  switch (state) {
    case State::kWaiting:
      return "•";
    case State::kStopping:
      return "↓";
    case State::kDone:
      return mark(style, true);
    case State::kInterrupted:
      return mark(style, false);
    case State::kRunning:
      break;
  }
  return " ";
}

// What stands to the right of a bar: VUs, time, and iterations where they are the goal.
using Columns = std::vector<std::string>;

std::string iterations_column(const ScenarioProgress& scenario) {
  const std::string done = as_wide_as(scenario.iterations_done, scenario.iterations_total) + "/" +
                           std::to_string(scenario.iterations_total);
  if (scenario.per_vu) return fmt::format("{} iters, {} per VU", done, scenario.iterations_per_vu);
  return done + " shared iters";
}

Columns columns_of(const ScenarioProgress& scenario) {
  if (scenario.state == State::kWaiting && !scenario.description.empty()) {
    return {"waiting: " + scenario.description};
  }
  const std::string vus = scenario.max_vus > 0 ? as_wide_as(scenario.vus, scenario.max_vus) + "/" +
                                                     std::to_string(scenario.max_vus)
                                               : std::to_string(scenario.vus);
  const bool has_iterations = scenario.iterations_total > 0;
  const std::string total = plan::length_text(scenario.total);
  const bool is_over = !has_iterations && scenario.elapsed >= scenario.total;
  Columns columns{vus + " VUs",
                  is_over ? total : fixed_duration(scenario.elapsed, scenario.total) + "/" + total};
  if (has_iterations) columns.push_back(iterations_column(scenario));
  return columns;
}

// Joins each row; all columns but the last one of the widest row are aligned, with a blank more
// than the separator.
std::vector<std::string> aligned(const std::vector<Columns>& rows) {
  std::vector<std::size_t> widths;
  for (const Columns& row : rows) {
    if (row.size() == 1) continue;  // A waiting scenario's text is free.
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size() + 1);
  }
  if (!widths.empty()) widths.back() = 0;
  std::vector<std::string> texts;
  for (const Columns& row : rows) {
    std::string text = row.front();
    if (row.size() > 1) text = pad_right(std::move(text), widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) text += " " + pad_right(row[i], widths[i]);
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string bar(double fraction, bool drawn) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  if (!drawn) return fmt::format("[ {:3}% ]", static_cast<int>(fraction * 100));
  const int filled = static_cast<int>(fraction * kBarCells);
  std::string cells(static_cast<std::size_t>(filled), '=');
  cells.resize(kBarCells, '-');
  if (filled > 0 && filled < kBarCells) cells[static_cast<std::size_t>(filled) - 1] = '>';
  return "[" + cells + "]";
}

struct BarLayout {
  std::size_t name_width = 0;
  std::vector<std::string> right;
  bool drawn = false;
};

std::size_t line_width(const BarLayout& layout, std::size_t row) {
  return layout.name_width + 3 + bar(0, layout.drawn).size() + 1 + display_width(layout.right[row]);
}

BarLayout layout_bars(const std::vector<ScenarioProgress>& scenarios, std::size_t terminal_width) {
  BarLayout layout;
  std::vector<Columns> columns;
  for (const ScenarioProgress& scenario : scenarios) {
    layout.name_width = std::max(layout.name_width, scenario.name.size());
    columns.push_back(columns_of(scenario));
  }
  layout.right = aligned(columns);
  layout.drawn = true;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (line_width(layout, i) > terminal_width) layout.drawn = false;
  }
  return layout;
}

// A scenario's line as wide as it comes, and cut where the terminal ends.
std::string bar_line(const ScenarioProgress& scenario, const std::string& right,
                     const BarLayout& layout, TextStyle style, std::size_t terminal_width) {
  const std::string before = pad_right(scenario.name, layout.name_width) + " ";
  const std::string after = " " + bar(scenario.fraction, layout.drawn) + " " + right;
  const std::size_t used = before.size() + 1;  // Names are ASCII; the mark takes one column.
  if (terminal_width == 0) return before + state_mark(scenario.state, style) + after;
  if (used > terminal_width) return std::string(fit(before, terminal_width));
  return before + state_mark(scenario.state, style) +
         std::string(fit(after, terminal_width - used));
}

}  // namespace

std::string render_progress_line(const Progress& progress) {
  return fmt::format("{} ({}), {}/{} VUs, {} complete and {} interrupted iterations{}{}",
                     phase(progress), fixed_duration(progress.elapsed, progress.max_duration),
                     as_wide_as(progress.active_vus, progress.max_vus), progress.max_vus,
                     progress.complete, progress.interrupted, progress.note.empty() ? "" : ", ",
                     progress.note);
}

std::string render_progress(const Progress& progress, TextStyle style, int terminal_width) {
  const auto width = static_cast<std::size_t>(std::max(terminal_width, 0));
  const std::string first = render_progress_line(progress);
  std::string text = std::string(width == 0 ? first : fit(first, width)) + "\n";
  const BarLayout layout = layout_bars(progress.scenarios, width);
  for (std::size_t i = 0; i < progress.scenarios.size(); ++i) {
    text += bar_line(progress.scenarios[i], layout.right[i], layout, style, width) + "\n";
  }
  return text;
}

}  // namespace loadrun::report
