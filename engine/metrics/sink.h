#pragma once

#include <cstdint>
#include <variant>

#include "base/clock.h"
#include "metrics/exact_sum.h"
#include "metrics/histogram.h"
#include "metrics/metric.h"

namespace loadrun::metrics {

/// Sum of all values.
struct Counter { ExactSum sum; std::uint64_t samples = 0; };
/// Last (by time), smallest and largest value.
struct Gauge { double last = 0, min = 0, max = 0; TimePoint last_at{}; std::uint64_t samples = 0; };
/// Share of non-zero values.
struct Rate { std::uint64_t trues = 0, total = 0; };
/// Distribution of values.
using Trend = Histogram;

/// What one series (or one metric) has accumulated. All are mergeable; merging does not depend on the order or on how samples were split.
using Sink = std::variant<Counter, Gauge, Rate, Trend>;

Sink make_sink(MetricType type, ValueKind contains);
void add(Sink& sink, double value, TimePoint at);
/// REQUIRES: both hold the same alternative.
void merge(Sink& into, const Sink& from);
/// Back to empty, keeping memory for reuse.
void clear(Sink& sink);
bool is_empty(const Sink& sink);

}  // namespace loadrun::metrics
