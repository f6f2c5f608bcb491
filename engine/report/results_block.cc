#include "report/results_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "report/check_totals.h"
#include "report/metric_row.h"
#include "report/row_layout.h"

namespace loadrun::report {
namespace {

enum class Topic { kCustom, kHttp, kExecution, kNetwork, kHidden };

constexpr std::array kTopics{
    std::pair{Topic::kCustom, std::string_view("CUSTOM")},
    std::pair{Topic::kHttp, std::string_view("HTTP")},
    std::pair{Topic::kExecution, std::string_view("EXECUTION")},
    std::pair{Topic::kNetwork, std::string_view("NETWORK")},
};

// Of what k6 does not have: whether the user has to know.
bool says_something(const ShownMetric& shown, bool late) {
  if (is_about_lateness(shown)) return late;
  switch (static_cast<metrics::Builtin>(shown.metric.id.index)) {
    case metrics::Builtin::kLoadrunPrepareFailed:
    case metrics::Builtin::kLoadrunFoldedTags:
    case metrics::Builtin::kIterationsFailed:
      return true;
    case metrics::Builtin::kLoadrunThresholdOk:
      return std::get<metrics::Rate>(*shown.sink).share() < 1;
    default:
      return false;
  }
}

Topic topic_of(const ShownMetric& shown, bool all_metrics, bool late) {
  using metrics::Builtin;
  if (is_about_loadrun(shown)) {
    if (!all_metrics && !shown.asked_for && !says_something(shown, late)) return Topic::kHidden;
    const bool is_http = shown.metric.id == metrics::id_of(Builtin::kHttpReqDurationCorrected);
    return is_http ? Topic::kHttp : Topic::kExecution;
  }
  switch (static_cast<Builtin>(shown.metric.id.index)) {
    case Builtin::kHttpReqs:
    case Builtin::kHttpReqFailed:
    case Builtin::kHttpReqDuration:
      return Topic::kHttp;
    case Builtin::kHttpReqBlocked:
    case Builtin::kHttpReqConnecting:
    case Builtin::kHttpReqTlsHandshaking:
    case Builtin::kHttpReqSending:
    case Builtin::kHttpReqWaiting:
    case Builtin::kHttpReqReceiving:
      return all_metrics ? Topic::kHttp : Topic::kHidden;
    case Builtin::kVus:
    case Builtin::kVusMax:
    case Builtin::kIterations:
    case Builtin::kIterationDuration:
    case Builtin::kDroppedIterations:
      return Topic::kExecution;
    case Builtin::kDataSent:
    case Builtin::kDataReceived:
      return Topic::kNetwork;
    case Builtin::kChecks:  // Has a block of its own.
    case Builtin::kGroupDuration:
      return Topic::kHidden;
    default:
      break;
  }
  return Topic::kCustom;
}

std::string check_lines(const CheckTotal& check, std::string_view indent, TextStyle style) {
  std::string text = fmt::format("{}{} {}\n", indent, mark(style, check.fails == 0), check.name);
  if (check.fails == 0) return text;
  return text + fmt::format("{}  ↳  {}% — {} {} / {} {}\n", indent, pass_percent(check),
                            mark(style, true), check.passes, mark(style, false), check.fails);
}

std::string row_lines(const std::vector<MetricRow>& rows, const RowLayout& layout,
                      std::string_view indent) {
  std::string text;
  for (const MetricRow& row : rows) text += std::string(indent) + layout.line(row) + "\n";
  return text;
}

// The total of all checks, and of each.
std::vector<std::string> check_blocks(const SeriesList& series,
                                      const std::vector<ShownMetric>& metrics,
                                      const SummaryInput& input, const BlockFormat& format) {
  const auto checks = std::ranges::find_if(metrics, [](const ShownMetric& shown) {
    return shown.key == "checks" && !metrics::is_empty(*shown.sink);
  });
  if (checks == metrics.end()) return {};
  const std::string indent(format.indent, ' ');
  const std::vector<MetricRow> rows =
      check_rows(std::get<metrics::Rate>(*checks->sink), input.elapsed);
  std::vector<std::string> blocks{row_lines(rows, RowLayout(rows, format.style), indent)};
  std::string list;
  for (const CheckTotal& check : check_totals(series)) {
    list += check_lines(check, indent, format.style);
  }
  if (!list.empty()) blocks.push_back(std::move(list));
  return blocks;
}

// One block per topic with rows. All share one alignment; it covers only what is shown.
std::vector<std::string> metric_blocks(std::vector<ShownMetric> metrics, const SummaryInput& input,
                                       const BlockFormat& format) {
  std::stable_partition(metrics.begin(), metrics.end(),
                        [](const ShownMetric& shown) { return !is_about_loadrun(shown); });
  const bool late = lateness_matters(metrics);
  std::array<std::vector<MetricRow>, kTopics.size()> rows;
  std::vector<MetricRow> all;
  for (const ShownMetric& shown : metrics) {
    const Topic topic = topic_of(shown, format.all_metrics, late);
    if (topic == Topic::kHidden) continue;
    all.push_back(metric_row(shown, input));
    rows.at(static_cast<std::size_t>(topic)).push_back(all.back());
  }
  const RowLayout layout(all, format.style);
  const std::string indent(format.indent, ' ');
  std::vector<std::string> blocks;
  for (const auto& [topic, title] : kTopics) {
    const std::vector<MetricRow>& own = rows.at(static_cast<std::size_t>(topic));
    if (own.empty()) continue;
    blocks.push_back(indent + paint(format.style, Ink::kBold, title) + "\n" +
                     row_lines(own, layout, indent));
  }
  return blocks;
}

}  // namespace

std::string results_block(const SeriesList& series, const std::vector<ShownMetric>& metrics,
                          const SummaryInput& input, const BlockFormat& format) {
  std::vector<std::string> blocks = check_blocks(series, metrics, input, format);
  for (std::string& block : metric_blocks(metrics, input, format)) {
    blocks.push_back(std::move(block));
  }
  return fmt::format("{}", fmt::join(blocks, "\n"));
}

}  // namespace loadrun::report
