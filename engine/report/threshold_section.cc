#include "report/threshold_section.h"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <vector>

#include "report/humanize.h"
#include "report/shown_metrics.h"

namespace loadrun::report {
namespace {

using Outcomes = std::vector<const metrics::ThresholdOutcome*>;
// By metric name, then by the sub-metric's tags; "" is the metric itself.
using OutcomesByMetric = std::map<std::string, std::map<std::string, Outcomes>>;

OutcomesByMetric by_metric(const std::vector<metrics::ThresholdOutcome>& outcomes) {
  OutcomesByMetric sorted;
  for (const metrics::ThresholdOutcome& outcome : outcomes) {
    auto& submetrics = sorted[outcome.key.substr(0, outcome.key.find('{'))];
    submetrics[tags_of_key(outcome.key)].push_back(&outcome);
  }
  return sorted;
}

// Which value is shown of a threshold with a window that failed.
std::string failed_windows_text(const metrics::ThresholdOutcome& outcome) {
  if (outcome.failed_windows == 0) return {};
  return fmt::format(" after {}s, {} of {} windows failed", outcome.failed_at,
                     outcome.failed_windows, outcome.windows);
}

std::string threshold_lines(const Outcomes& outcomes, std::string_view indent,
                            const SummaryInput& input, TextStyle style) {
  std::string text;
  for (const metrics::ThresholdOutcome* outcome : outcomes) {
    text += fmt::format(
        "{}{} '{}'{} {}={}{}\n", indent, mark(style, outcome->ok), outcome->source,
        metrics::label_of(*outcome).substr(outcome->source.size()), outcome->stat_name,
        paint(style, Ink::kCyan, observed_text(*outcome, input)), failed_windows_text(*outcome));
  }
  return text;
}

}  // namespace

std::string observed_text(const metrics::ThresholdOutcome& outcome, const SummaryInput& input) {
  const metrics::Metric metric = input.registry.metric(outcome.metric);
  if (metric.type == metrics::MetricType::kRate) return humanize_rate(outcome.observed);
  const std::string value =
      humanize(outcome.observed, metric.contains, input.plan.summary_time_unit);
  const bool is_counter_rate =
      metric.type == metrics::MetricType::kCounter && outcome.stat_name == "rate";
  return is_counter_rate ? value + "/s" : value;
}

std::string threshold_blocks(const SummaryInput& input, TextStyle style) {
  std::string text;
  for (const auto& [name, submetrics] : by_metric(input.thresholds)) {
    if (!text.empty()) text += '\n';
    text += "    " + name + "\n";
    for (const auto& [tags, outcomes] : submetrics) {
      if (!tags.empty()) text += "\n      {" + tags + "}\n";
      text += threshold_lines(outcomes, tags.empty() ? "    " : "      ", input, style);
    }
  }
  return text;
}

}  // namespace loadrun::report
