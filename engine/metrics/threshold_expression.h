#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/metric.h"
#include "metrics/sink.h"

namespace loadrun::metrics {

/// Comparison of a threshold; === is == as in k6.
enum class Operator { kLess, kLessEqual, kGreater, kGreaterEqual, kEqual, kStrictEqual, kNotEqual };

/// The three parts of a threshold's text, white space around them removed.
struct ThresholdParts {
  std::string_view method;
  Operator op;
  std::string_view value;
};

/// What a threshold looks at: "count", "rate", "value", "avg", "min", "med", "max" or "p".
struct AggregationMethod {
  std::string name;
  std::optional<double> percentile;  ///< 0..100, for "p" only.
};

/// A parsed `method op value`, e.g. "p(95)<500".
struct ThresholdExpression {
  std::string method;                ///< As AggregationMethod::name.
  std::optional<double> percentile;  ///< 0..100, for "p" only.
  Operator op;
  double value;
};

/// Splits at the first operator found, searched in the order <= < >= > === == !=. Says nothing
/// about the other parts, which view into `source`. Fails (kInvalidConfig) without an operator.
Result<ThresholdParts> scan_threshold(std::string_view source);

/// Fails (kInvalidConfig) on an unknown method and on a percentile that is not a number in 0..100.
Result<AggregationMethod> parse_aggregation_method(std::string_view text);

/// Fails (kInvalidConfig) where one of the two above does, and on a value that is not a number.
Result<ThresholdExpression> parse_threshold(std::string_view source);

/// "p(95)" or the method's name: how the observed value is labelled.
std::string stat_name(const ThresholdExpression& expression);

/// Names of the methods that metrics of `type` offer.
std::vector<std::string_view> methods_of(MetricType type);

/// The value of `sink` that the expression is about, in the metric's unit; nothing when the sink
/// does not offer it. `elapsed` is the time a counter's rate is over.
std::optional<double> observe(const ThresholdExpression& expression, const Sink& sink,
                              Nanoseconds elapsed);

/// Whether the expression is true of `observed`. Nothing observed passes, as in k6.
bool holds(const ThresholdExpression& expression, std::optional<double> observed);

}  // namespace loadrun::metrics
