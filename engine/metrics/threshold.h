#pragma once

#include <cstdint>
#include <optional>
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
  /// Whole seconds. The expression has to hold for every window of this length; 0: for all since
  /// the start, whenever it is evaluated.
  Nanoseconds window{0};
  /// Whole seconds of a sample's scenario, from its start, that are left out.
  Nanoseconds after{0};
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
  Nanoseconds window{0};  ///< As in ThresholdSpec.
  Nanoseconds after{0};
  // With a window: the first one that failed decides, `observed` is its value.
  std::int64_t windows = 0;         ///< How many were full, and evaluated.
  std::int64_t failed_windows = 0;  ///< How many of them failed.
  std::int64_t failed_at = 0;  ///< The end of the first, in seconds since the scenarios started.
};

/// The expression with its window and what it leaves out: "p(95)<500 window=30s after=10s".
std::string label_of(const ThresholdOutcome& outcome);

/// When a scenario runs, from the start of all scenarios.
struct ScenarioSpan {
  std::string name;
  Nanoseconds start{0};
  Nanoseconds end{0};  ///< At the latest.
};

/// What thresholds have to know about a run.
struct ThresholdContext {
  std::vector<ScenarioSpan> scenarios;
  std::vector<std::string> left_out;  ///< Metrics that are not measured: option noMetrics.
};

/// All thresholds of a run. Pure: fed with totals and elapsed time. Confined to the coordinator.
class ThresholdSet {
 public:
  /// Checks every key against `registry` and every method against the metric's type; reports ALL
  /// errors in one message (kInvalidConfig), a line each, in k6's words where they are relied on.
  static Result<ThresholdSet> create(const std::vector<MetricThresholds>& specs,
                                     const Registry& registry,
                                     const ThresholdContext& context = {});

  /// The sub-metrics that Totals must track for this set.
  const std::vector<Submetric>& submetrics() const { return submetrics_; }
  /// What Totals must watch for this set, in this order.
  const std::vector<WatchSpec>& watches() const { return watches_; }

  /// Evaluates those without `window` and `after` against what was measured in `elapsed` since the
  /// start, preparation left out unless a threshold names a group. During the run
  /// (`final_pass` false) thresholds on empty sinks are left alone; at the end an empty sink has
  /// the value 0. Returns true when a failing threshold asks for an abort (abort_on_fail and
  /// delay_abort_eval < elapsed). REQUIRES: `totals` tracks submetrics().
  bool evaluate(const Totals& totals, Nanoseconds elapsed, bool final_pass);

  /// Evaluates the others at the end of `second`, when all that was measured up to there has been
  /// merged; the seconds come in order. A window is evaluated when it is full and the scenario that
  /// the key names (all, if none) has not ended before its end; one without samples only of a
  /// counter that had some before. Returns as evaluate() does. REQUIRES: `totals` watches
  /// watches().
  bool evaluate_second(const Totals& totals, std::int64_t second, Nanoseconds elapsed);
  /// Scenario `index` of the context ended, or all, `since_start` after the start of the scenarios:
  /// windows beyond that say nothing about it.
  void end_scenario(std::size_t index, Nanoseconds since_start);
  void end_scenarios(Nanoseconds since_start);
  /// The final pass of those with `window` or `after`, `since_start` after the start of the
  /// scenarios. A window that never was full is evaluated over what there is. Returns what the
  /// user has to know about that.
  std::vector<std::string> finish(const Totals& totals, Nanoseconds since_start);

  /// In the order of definition.
  const std::vector<ThresholdOutcome>& outcomes() const { return outcomes_; }
  /// Keys with at least one failed threshold, sorted.
  std::vector<std::string> failed_keys() const;

 private:
  struct Threshold {
    ThresholdExpression expression;
    bool abort_on_fail;
    Nanoseconds delay_abort_eval;
    std::optional<std::size_t> watch;     // in watches_, with a window or a time left out
    std::optional<std::size_t> scenario;  // in scenarios_, the one that its key names
  };
  /// The whole seconds that windows may cover.
  struct Seconds {
    std::int64_t first = 0;
    std::int64_t last = 0;
  };

  ThresholdSet() = default;
  /// Adds one key with its thresholds; appends what is wrong with them to `errors`.
  void add(const MetricThresholds& entry, const Registry& registry,
           std::vector<std::string>& errors);
  void add_threshold(const ThresholdSpec& spec, const Metric& metric, const std::string& key,
                     const Tags& tags, std::vector<std::string>& errors);

  std::optional<std::size_t> watch_for(const ThresholdSpec& spec, const Submetric& part);
  std::optional<std::size_t> scenario_of(const Tags& tags) const;
  Seconds seconds_of(const Threshold& threshold) const;
  void judge(std::size_t index, const Sink& sink, Nanoseconds length);
  void judge_window(std::size_t index, const Sink& sink, std::int64_t end);
  bool asks_for_abort(std::size_t index, Nanoseconds elapsed) const;
  std::string unfinished(std::size_t index, Nanoseconds since_first) const;

  std::vector<ScenarioSpan> scenarios_;
  std::vector<std::string> left_out_;
  std::vector<WatchSpec> watches_;
  std::vector<Submetric> submetrics_;
  std::vector<Threshold> thresholds_;
  std::vector<ThresholdOutcome> outcomes_;  // parallel to thresholds_
};

}  // namespace loadrun::metrics
