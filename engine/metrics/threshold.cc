#include "metrics/threshold.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

std::string invalid_key(const std::string& key, std::string_view reason) {
  return fmt::format("invalid threshold defined on {}; reason: {}", key, reason);
}

/// What is wrong with using `expression` on `metric`; empty when nothing is.
std::string method_error(const ThresholdExpression& expression, const Metric& metric) {
  const std::vector<std::string_view> methods = methods_of(metric.type);
  if (std::ranges::find(methods, expression.method) != methods.end()) return {};
  return fmt::format("unsupported aggregation method {} on metric of type {}; it offers {}",
                     expression.method, to_string(metric.type), fmt::join(methods, ", "));
}

bool names_group(const Tags& tags) {
  return std::ranges::any_of(tags, [](const auto& tag) { return tag.first == "group"; });
}

/// What a threshold is about; `own` keeps it when it is no aggregate of the totals.
const Sink& sink_of(const ThresholdOutcome& outcome, const Totals& totals, Sink& own) {
  if (totals.has_preparation() && !names_group(outcome.tags)) {
    own = totals.without_preparation({outcome.key, outcome.metric, outcome.tags});
    return own;
  }
  if (outcome.tags.empty()) return totals.metric(outcome.metric);
  const std::vector<Submetric>& tracked = totals.submetrics();
  const auto found = std::ranges::find_if(tracked, [&](const Submetric& submetric) {
    return submetric.metric == outcome.metric && submetric.tags == outcome.tags;
  });
  LOADRUN_CHECK(found != tracked.end());
  return totals.submetric(static_cast<std::size_t>(found - tracked.begin()));
}

}  // namespace

Result<ThresholdSet> ThresholdSet::create(const std::vector<MetricThresholds>& specs,
                                          const Registry& registry) {
  ThresholdSet set;
  std::vector<std::string> errors;
  for (const MetricThresholds& entry : specs) set.add(entry, registry, errors);
  if (errors.empty()) return set;
  return Error{ExitCode::kInvalidConfig, fmt::format("{}", fmt::join(errors, "\n"))};
}

void ThresholdSet::add(const MetricThresholds& entry, const Registry& registry,
                       std::vector<std::string>& errors) {
  const Result<ParsedMetricKey> key = parse_metric_key(entry.key);
  if (!key.ok()) {
    errors.push_back(invalid_key(entry.key, key.error().message));
    return;
  }
  const std::optional<Metric> metric = registry.find(key.value().metric);
  if (!metric) {
    errors.push_back(
        invalid_key(entry.key, fmt::format("no metric name \"{}\" found", key.value().metric)));
    return;
  }
  if (key.value().has_tags) submetrics_.push_back({entry.key, metric->id, key.value().tags});
  for (const ThresholdSpec& spec : entry.specs) {
    add_threshold(spec, *metric, entry.key, key.value().tags, errors);
  }
}

void ThresholdSet::add_threshold(const ThresholdSpec& spec, const Metric& metric,
                                 const std::string& key, const Tags& tags,
                                 std::vector<std::string>& errors) {
  const Result<ThresholdExpression> expression = parse_threshold(spec.source);
  if (!expression.ok()) {
    errors.push_back(invalid_key(key, expression.error().message));
    return;
  }
  if (std::string error = method_error(expression.value(), metric); !error.empty()) {
    errors.push_back(invalid_key(key, fmt::format("\"{}\": {}", spec.source, error)));
    return;
  }
  thresholds_.push_back({expression.value(), spec.abort_on_fail, spec.delay_abort_eval});
  outcomes_.push_back({.key = key,
                       .metric = metric.id,
                       .tags = tags,
                       .source = spec.source,
                       .stat_name = stat_name(expression.value())});
}

bool ThresholdSet::evaluate(const Totals& totals, Nanoseconds elapsed, bool final_pass) {
  bool abort = false;
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    const Threshold& threshold = thresholds_[i];
    ThresholdOutcome& outcome = outcomes_[i];
    Sink own;
    const Sink& sink = sink_of(outcome, totals, own);
    if (!final_pass && is_empty(sink)) continue;
    const std::optional<double> observed = observe(threshold.expression, sink, elapsed);
    outcome.observed = observed.value_or(0);
    outcome.ok = holds(threshold.expression, observed);
    abort |= !outcome.ok && threshold.abort_on_fail && threshold.delay_abort_eval < elapsed;
  }
  return abort;
}

std::vector<std::string> ThresholdSet::failed_keys() const {
  std::set<std::string> keys;
  for (const ThresholdOutcome& outcome : outcomes_) {
    if (!outcome.ok) keys.insert(outcome.key);
  }
  return {keys.begin(), keys.end()};
}

}  // namespace loadrun::metrics
