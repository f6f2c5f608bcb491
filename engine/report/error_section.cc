#include "report/error_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/error_list.h"
#include "report/humanize.h"
#include "report/short_text.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kIndent = 4;
constexpr std::size_t kMaxEntries = 10;
constexpr std::size_t kMaxColumns = 120;  // of a text

struct Format {
  Nanoseconds start;  ///< Since the clock's origin.
  std::string time_unit;
  bool all;
  TextStyle style;
};

std::string time_text(TimePoint at, const Format& format) {
  return humanize(to_milliseconds(at.since_origin - format.start), metrics::ValueKind::kTime,
                  format.time_unit);
}

std::string rest_lines(std::size_t left_out, std::uint64_t others) {
  std::string text;
  if (left_out > 0) {
    text += fmt::format("{:{}}… and {} more (--summary-mode=full)\n", "", kIndent, left_out);
  }
  if (others > 0) text += fmt::format("{:{}}… and {} of other kinds\n", "", kIndent, others);
  return text;
}

/// A title, and two lines for each kind of error: the numbers are aligned.
template <typename Table>
std::string block(const std::string& title, const Table& table, const Format& format) {
  if (table.total() == 0) return {};
  const auto entries = by_count(table);
  const std::size_t shown = format.all ? entries.size() : std::min(entries.size(), kMaxEntries);
  const std::size_t width = std::to_string(entries.front()->second.count).size();
  std::string text = fmt::format("{:{}}{}: {}\n", "", kIndent,
                                 paint(format.style, Ink::kBold, title), table.total());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [kind, entry] = *entries[i];
    text +=
        fmt::format("{0:{1}}{2}  {3}\n{0:{1}}{0:{4}}  first at {5}: {6}\n", "", kIndent,
                    paint(format.style, Ink::kRed, fmt::format("{:>{}}", entry.count, width)),
                    shortened(text_of(kind), kMaxColumns), width, time_text(entry.first.at, format),
                    shortened(text_of(entry.first), kMaxColumns));
  }
  return text + rest_lines(entries.size() - shown, table.others());
}

}  // namespace

std::string error_lines(const SummaryInput& input, bool all, TextStyle style) {
  const metrics::Errors& errors = input.totals.errors();
  const Format format{input.run.start.since_origin, input.plan.summary_time_unit, all, style};
  const std::string iterations = block("iterations that raised", errors.iterations, format);
  const std::string requests = block("requests that failed", errors.requests, format);
  return iterations + (iterations.empty() || requests.empty() ? "" : "\n") + requests;
}

}  // namespace loadrun::report
