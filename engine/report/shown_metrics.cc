#include "report/shown_metrics.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace loadrun::report {
namespace {

// Keys of all thresholds and of the metrics they belong to.
std::set<std::string> keys_with_thresholds(const plan::Plan& plan) {
  std::set<std::string> keys;
  for (const metrics::MetricThresholds& entry : plan.thresholds) {
    keys.insert(entry.key);
    keys.insert(entry.key.substr(0, entry.key.find('{')));
  }
  return keys;
}

bool is_before(const ShownMetric& a, const ShownMetric& b) {
  return std::tie(a.metric.name, a.tag_text) < std::tie(b.metric.name, b.tag_text);
}

}  // namespace

std::string tags_of_key(std::string_view key) {
  const auto open = key.find('{');
  if (open == std::string_view::npos) return {};
  std::string_view tags = key.substr(open + 1, key.rfind('}') - open - 1);
  const auto first = tags.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(tags.substr(first, tags.find_last_not_of(' ') - first + 1));
}

std::vector<ShownMetric> shown_metrics(const SummaryInput& input) {
  const std::set<std::string> asked_for = keys_with_thresholds(input.plan);
  std::vector<ShownMetric> shown;
  const auto show = [&](ShownMetric candidate) {
    candidate.asked_for = asked_for.contains(candidate.key);
    if (metrics::is_empty(*candidate.sink) && !candidate.asked_for) return;
    shown.push_back(std::move(candidate));
  };
  for (const metrics::Metric& metric : input.registry.all()) {
    show({metric.name, "", metric, {}, &input.totals.metric(metric.id)});
  }
  const std::vector<metrics::Submetric>& submetrics = input.totals.submetrics();
  for (std::size_t i = 0; i < submetrics.size(); ++i) {
    const std::string& key = submetrics[i].name;
    show({key, tags_of_key(key), input.registry.metric(submetrics[i].metric), submetrics[i].tags,
          &input.totals.submetric(i)});
  }
  std::sort(shown.begin(), shown.end(), is_before);
  return shown;
}

MergedSinks merged_sinks(const SeriesList& series) {
  MergedSinks sinks;
  for (const metrics::Totals::Series* one : series) {
    const auto [place, is_new] = sinks.try_emplace(one->metric, one->sink);
    if (!is_new) metrics::merge(place->second, one->sink);
  }
  return sinks;
}

std::vector<ShownMetric> shown_metrics(const MergedSinks& sinks,
                                       const metrics::Registry& registry) {
  std::vector<ShownMetric> shown;
  for (const auto& [id, sink] : sinks) {
    const metrics::Metric metric = registry.metric(id);
    shown.push_back({metric.name, "", metric, {}, &sink});
  }
  std::sort(shown.begin(), shown.end(), is_before);
  return shown;
}

bool is_about_lateness(const ShownMetric& shown) {
  using metrics::Builtin;
  constexpr std::array kLateness{Builtin::kIterationStartLag, Builtin::kIterationResponse,
                                 Builtin::kHttpReqDurationCorrected};
  return std::ranges::any_of(
      kLateness, [&](Builtin metric) { return shown.metric.id == metrics::id_of(metric); });
}

bool is_about_loadrun(const ShownMetric& shown) {
  return shown.metric.name.starts_with("loadrun_") || is_about_lateness(shown) ||
         shown.metric.id == metrics::id_of(metrics::Builtin::kIterationsFailed);
}

bool lateness_matters(const std::vector<ShownMetric>& metrics) {
  constexpr double kWorthSaying = 0.01, kMilliseconds = 1, kQuantile = 0.99;
  double lag = 0, response = 0;
  for (const ShownMetric& shown : metrics) {
    if (!is_about_lateness(shown) || !shown.tags.empty()) continue;
    const double p99 = std::get<metrics::Trend>(*shown.sink).percentile(kQuantile);
    if (shown.metric.id == metrics::id_of(metrics::Builtin::kIterationStartLag)) lag = p99;
    if (shown.metric.id == metrics::id_of(metrics::Builtin::kIterationResponse)) response = p99;
  }
  return lag > kMilliseconds && lag > kWorthSaying * response;
}

std::map<std::string, bool> thresholds_of(const ShownMetric& shown, const SummaryInput& input) {
  std::map<std::string, bool> thresholds;
  for (const metrics::ThresholdOutcome& outcome : input.thresholds) {
    if (outcome.metric == shown.metric.id && outcome.tags == shown.tags) {
      thresholds[metrics::label_of(outcome)] = outcome.ok;
    }
  }
  return thresholds;
}

}  // namespace loadrun::report
