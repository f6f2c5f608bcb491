#pragma once

#include <cstdint>
#include <variant>

#include "base/clock.h"
#include "metrics/exact_sum.h"
#include "metrics/histogram.h"
#include "metrics/metric.h"

namespace loadrun::metrics {

/// Sum of all values.
struct Counter {
  ExactSum sum;
  std::uint64_t samples = 0;

  /// The sum per second of `elapsed`; 0 when nothing has elapsed.
  double per_second(Nanoseconds elapsed) const;
};

/// Last (by time), smallest and largest value; all 0 while there are no samples.
struct Gauge {
  double last = 0;
  double min = 0;
  double max = 0;
  TimePoint last_at{};
  std::uint64_t samples = 0;
};

/// Share of non-zero values.
struct Rate {
  std::uint64_t trues = 0;
  std::uint64_t total = 0;

  /// trues / total; 0 when there are no values.
  double share() const;
};

/// Distribution of values.
using Trend = Histogram;

/// What one series (or one metric) has accumulated. All are mergeable; merging does not depend on
/// the order or on how samples were split, except that of gauge samples of the very same instant
/// one sink keeps the one added last, while merging keeps the largest.
using Sink = std::variant<Counter, Gauge, Rate, Trend>;

/// An empty sink for a metric of this type and kind of value.
Sink make_sink(MetricType type, ValueKind contains);
/// Adds one sample, `value` in the metric's unit, taken at `at`. REQUIRES: `value` is no NaN.
void add(Sink& sink, double value, TimePoint at);
/// REQUIRES: both hold the same alternative, for the same kind of value.
void merge(Sink& into, const Sink& from);
/// Back to empty, keeping memory for reuse.
void clear(Sink& sink);
/// How many samples it holds.
std::uint64_t sample_count(const Sink& sink);
/// Whether it holds no sample.
bool is_empty(const Sink& sink);

}  // namespace loadrun::metrics
