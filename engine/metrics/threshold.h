#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/registry.h"
#include "metrics/sink.h"
#include "metrics/totals.h"

namespace loadrun::metrics {

enum class Operator { kLess, kLessEqual, kGreater, kGreaterEqual, kEqual, kStrictEqual, kNotEqual };

/// A parsed `method op value`, e.g. "p(95)<500".
struct ThresholdExpression {
  std::string method;                 ///< "count", "rate", "value", "avg", "min", "med", "max" or "p".
  std::optional<double> percentile;   ///< 0..100, for "p" only.
  Operator op;
  double value;
};

/// One threshold as a user wrote it. `source` is the expression's text.
struct ThresholdSpec {
  std::string source;
  bool abort_on_fail = false;
  Nanoseconds delay_abort_eval{0};
};

/// Thresholds of one metric or sub-metric: the key of the `thresholds` option and its list.
struct MetricThresholds {
  std::string key;
  std::vector<ThresholdSpec> specs;
};

Result<ThresholdExpression> parse_threshold(std::string_view source);

/// Splits "metric{a:1,b:2}" into metric and tags; fails as k6 does on bad braces or an empty tag value in a key.
struct ParsedMetricKey { std::string metric; Tags tags; bool has_tags; };
Result<ParsedMetricKey> parse_metric_key(std::string_view key);

/// State of one threshold after an evaluation.
struct ThresholdOutcome {
  std::string key;
  std::string source;
  std::string stat_name;   ///< "p(95)", "rate": the method as it is shown.
  double observed = 0;     ///< the value the expression was compared with
  bool ok = true;
};

/// All thresholds of a run. Pure: fed with totals and elapsed time. Confined to the coordinator.
class ThresholdSet {
 public:
  /// Checks every key against `registry` and every method against the metric's type; reports ALL errors in one
  /// message (kInvalidConfig), in k6's words where conformance cases give them.
  static Result<ThresholdSet> create(const std::vector<MetricThresholds>& specs, const Registry& registry);

  /// The sub-metrics that must be tracked.
  std::vector<Submetric> submetrics() const;

  /// Evaluates all. During the run (`final_pass` false) empty sinks are skipped. Returns true when a failing
  /// threshold asks for an abort (abort_on_fail and delay_abort_eval < elapsed).
  bool evaluate(const Totals& totals, Nanoseconds elapsed, bool final_pass);

  const std::vector<ThresholdOutcome>& outcomes() const;
  /// Keys with at least one failed threshold, sorted.
  std::vector<std::string> failed_keys() const;
};

}  // namespace loadrun::metrics
