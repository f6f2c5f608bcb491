#include "metrics/threshold.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/duration.h"

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

std::string label_of(const ThresholdOutcome& outcome) {
  std::string label = outcome.source;
  if (outcome.window > 0ns) label += " window=" + format_duration(outcome.window);
  if (outcome.after > 0ns) label += " after=" + format_duration(outcome.after);
  return label;
}

Result<ThresholdSet> ThresholdSet::create(const std::vector<MetricThresholds>& specs,
                                          const Registry& registry,
                                          const ThresholdContext& context) {
  ThresholdSet set;
  set.scenarios_ = context.scenarios;
  set.left_out_ = context.left_out;
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
  if (std::ranges::find(left_out_, metric->name) != left_out_.end()) {
    errors.push_back(invalid_key(entry.key, "the option noMetrics leaves this metric out"));
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
  thresholds_.push_back({expression.value(), spec.abort_on_fail, spec.delay_abort_eval,
                         watch_for(spec, {key, metric.id, tags}), scenario_of(tags)});
  outcomes_.push_back({.key = key,
                       .metric = metric.id,
                       .tags = tags,
                       .source = spec.source,
                       .stat_name = stat_name(expression.value()),
                       .window = spec.window,
                       .after = spec.after});
}

/// Thresholds that look at the same share what they look at.
std::optional<std::size_t> ThresholdSet::watch_for(const ThresholdSpec& spec,
                                                   const Submetric& part) {
  if (spec.window == 0ns && spec.after == 0ns) return std::nullopt;
  const WatchSpec wanted{part, spec.window / 1s, spec.after};
  const auto known = std::ranges::find(watches_, wanted);
  const auto index = static_cast<std::size_t>(known - watches_.begin());
  if (known == watches_.end()) watches_.push_back(wanted);
  return index;
}

std::optional<std::size_t> ThresholdSet::scenario_of(const Tags& tags) const {
  const auto named =
      std::ranges::find(scenarios_, tag_value(tags, "scenario"), &ScenarioSpan::name);
  if (named == scenarios_.end()) return std::nullopt;
  return static_cast<std::size_t>(named - scenarios_.begin());
}

ThresholdSet::Seconds ThresholdSet::seconds_of(const Threshold& threshold) const {
  Nanoseconds start = Nanoseconds::max();
  Nanoseconds end{0};
  for (std::size_t i = 0; i < scenarios_.size(); ++i) {
    if (threshold.scenario.value_or(i) != i) continue;
    start = std::min(start, scenarios_[i].start);
    end = std::max(end, scenarios_[i].end);
  }
  if (end == 0ns) return {0, -1};
  return {first_whole_second(start + watches_[*threshold.watch].after), end / 1s - 1};
}

bool ThresholdSet::evaluate(const Totals& totals, Nanoseconds elapsed, bool final_pass) {
  bool abort = false;
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    if (thresholds_[i].watch) continue;
    Sink own;
    const Sink& sink = sink_of(outcomes_[i], totals, own);
    if (!final_pass && is_empty(sink)) continue;
    judge(i, sink, elapsed);
    abort |= asks_for_abort(i, elapsed);
  }
  return abort;
}

bool ThresholdSet::evaluate_second(const Totals& totals, std::int64_t second, Nanoseconds elapsed) {
  bool abort = false;
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    if (!thresholds_[i].watch) continue;
    const auto [first, last] = seconds_of(thresholds_[i]);
    const std::int64_t window = watches_[*thresholds_[i].watch].window;
    const std::int64_t length = second + 1 - first;
    if (second > last || length < std::max<std::int64_t>(window, 1)) continue;
    const Sink sink = totals.watched(*thresholds_[i].watch).until(second);
    if (window > 0) {
      judge_window(i, sink, second + 1);
    } else if (!is_empty(sink)) {
      judge(i, sink, length * 1s);
    }
    abort |= asks_for_abort(i, elapsed);
  }
  return abort;
}

void ThresholdSet::end_scenario(std::size_t index, Nanoseconds since_start) {
  LOADRUN_CHECK(index < scenarios_.size());
  scenarios_[index].end = std::min(scenarios_[index].end, since_start);
}

void ThresholdSet::end_scenarios(Nanoseconds since_start) {
  for (std::size_t i = 0; i < scenarios_.size(); ++i) end_scenario(i, since_start);
}

std::vector<std::string> ThresholdSet::finish(const Totals& totals, Nanoseconds since_start) {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    if (!thresholds_[i].watch || outcomes_[i].windows > 0) continue;
    const Nanoseconds since_first =
        std::max(since_start - seconds_of(thresholds_[i]).first * 1s, 0ns);
    const Nanoseconds window = outcomes_[i].window;
    judge(i, totals.watched(*thresholds_[i].watch).until(since_start / 1s),
          window > 0ns ? std::min(window, since_first) : since_first);
    if (std::string note = unfinished(i, since_first); !note.empty()) notes.push_back(note);
  }
  return notes;
}

void ThresholdSet::judge(std::size_t index, const Sink& sink, Nanoseconds length) {
  const ThresholdExpression& expression = thresholds_[index].expression;
  const std::optional<double> observed = observe(expression, sink, length);
  outcomes_[index].observed = observed.value_or(0);
  outcomes_[index].ok = holds(expression, observed);
}

/// The first that fails stays.
void ThresholdSet::judge_window(std::size_t index, const Sink& sink, std::int64_t end) {
  ThresholdOutcome& outcome = outcomes_[index];
  const bool had_samples = outcome.windows > 0;
  if (is_empty(sink) && !(had_samples && std::holds_alternative<Counter>(sink))) return;
  const ThresholdOutcome before = outcome;
  judge(index, sink, outcome.window);
  ++outcome.windows;
  if (!outcome.ok && outcome.failed_windows++ == 0) outcome.failed_at = end;
  if (before.ok) return;
  outcome.ok = false;
  outcome.observed = before.observed;
}

bool ThresholdSet::asks_for_abort(std::size_t index, Nanoseconds elapsed) const {
  const Threshold& threshold = thresholds_[index];
  return !outcomes_[index].ok && threshold.abort_on_fail && threshold.delay_abort_eval < elapsed;
}

/// What was left of the time that the threshold is about; "" when it was enough.
std::string ThresholdSet::unfinished(std::size_t index, Nanoseconds since_first) const {
  const ThresholdOutcome& outcome = outcomes_[index];
  const std::string what = fmt::format("threshold '{}' on {}", label_of(outcome), outcome.key);
  if (since_first == 0ns) return what + " saw nothing: the run ended before";
  if (since_first >= outcome.window) return {};
  return fmt::format("{} never had a full window: it was evaluated over {:.1f} s", what,
                     to_seconds(since_first));
}

std::vector<std::string> ThresholdSet::failed_keys() const {
  std::set<std::string> keys;
  for (const ThresholdOutcome& outcome : outcomes_) {
    if (!outcome.ok) keys.insert(outcome.key);
  }
  return {keys.begin(), keys.end()};
}

}  // namespace loadrun::metrics
