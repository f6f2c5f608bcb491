#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/metric_key.h"
#include "metrics/registry.h"
#include "metrics/sink.h"
#include "metrics/tags.h"
#include "metrics/threshold_expression.h"
#include "metrics/totals.h"

namespace loadrun::metrics {

/// One threshold as a user wrote it.
struct ThresholdSpec {
  std::string source;  ///< The expression's text.
  bool abort_on_fail = false;
  Nanoseconds delay_abort_eval{0};
};

/// Thresholds of one metric or sub-metric: the key of the `thresholds` option and its list. An
/// empty list just tracks the sub-metric.
struct MetricThresholds {
  std::string key;
  std::vector<ThresholdSpec> specs;
};

/// State of one threshold after an evaluation.
struct ThresholdOutcome {
  std::string key;        ///< The option's key, as written.
  MetricId metric;        ///< What the key names, with `tags`.
  Tags tags;              ///< Empty for a whole metric.
  std::string source;     ///< The expression, as written.
  std::string stat_name;  ///< "p(95)", "rate": the method as it is shown.
  double observed = 0;    ///< The value the expression was compared with, in the metric's unit.
  bool ok = true;
};

/// All thresholds of a run. Pure: fed with totals and elapsed time. Confined to the coordinator.
class ThresholdSet {
 public:
  /// Checks every key against `registry` and every method against the metric's type; reports ALL
  /// errors in one message (kInvalidConfig), a line each, in k6's words where they are relied on.
  static Result<ThresholdSet> create(const std::vector<MetricThresholds>& specs,
                                     const Registry& registry);

  /// The sub-metrics that Totals must track for this set.
  const std::vector<Submetric>& submetrics() const { return submetrics_; }

  /// Evaluates all against what was measured in `elapsed` since the start, preparation left out
  /// unless a threshold names a group. During the run
  /// (`final_pass` false) thresholds on empty sinks are left alone; at the end an empty sink has
  /// the value 0. Returns true when a failing threshold asks for an abort (abort_on_fail and
  /// delay_abort_eval < elapsed). REQUIRES: `totals` tracks submetrics().
  bool evaluate(const Totals& totals, Nanoseconds elapsed, bool final_pass);

  /// In the order of definition.
  const std::vector<ThresholdOutcome>& outcomes() const { return outcomes_; }
  /// Keys with at least one failed threshold, sorted.
  std::vector<std::string> failed_keys() const;

 private:
  struct Threshold {
    ThresholdExpression expression;
    bool abort_on_fail;
    Nanoseconds delay_abort_eval;
  };

  ThresholdSet() = default;
  /// Adds one key with its thresholds; appends what is wrong with them to `errors`.
  void add(const MetricThresholds& entry, const Registry& registry,
           std::vector<std::string>& errors);
  void add_threshold(const ThresholdSpec& spec, const Metric& metric, const std::string& key,
                     const Tags& tags, std::vector<std::string>& errors);

  std::vector<Submetric> submetrics_;
  std::vector<Threshold> thresholds_;
  std::vector<ThresholdOutcome> outcomes_;  // parallel to thresholds_
};

}  // namespace loadrun::metrics
