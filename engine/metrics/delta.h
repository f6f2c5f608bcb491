#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "metrics/errors.h"
#include "metrics/health.h"
#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::metrics {

/// Index of a series (metric x tag set) within one worker.
struct SeriesId {
  std::uint32_t index = 0;
  bool operator==(const SeriesId&) const = default;
};

/// One measured value.
struct Sample {
  SeriesId series;
  std::uint32_t metadata = 0;  ///< 0: none.
  double value = 0;            ///< In the metric's unit.
  TimePoint at;
};

/// Delta::second of what was measured before the scenarios started: by setup.
constexpr std::int64_t kBeforeStart = -1;

/// What a worker measured in one second, or in a part of it that was handed over. `first_new` ..
/// `first_new + new_series.size()` are the series announced with it, in id order; `touched` lists
/// the series with samples; `sinks` is indexed by series and empty where untouched.
struct Delta {
  /// A series the receiver has not heard of.
  struct NewSeries {
    MetricId metric;
    Tags tags;
  };
  /// Whole seconds from the start of the run's scenarios to the start of this one; kBeforeStart
  /// for all that came before. A sample belongs to the second it ended in.
  std::int64_t second = kBeforeStart;
  std::uint32_t first_new = 0;
  std::vector<NewSeries> new_series;
  std::vector<SeriesId> touched;
  std::vector<Sink> sinks;
  /// One by one, if the shard keeps them.
  std::vector<Sample> samples;
  /// What goes with samples besides their tags: Sample::metadata is a position plus 1.
  std::vector<Tags> metadata;
  Errors errors;

  /// Back to nothing measured, keeping memory for the shard that made it.
  void clear();
};

/// What a worker hands over at once.
struct HandOver {
  std::vector<Delta> seconds;  ///< Ascending, those without samples left out.
  /// Nothing more will come of the seconds up to this one.
  std::int64_t complete = kBeforeStart;
  std::vector<WorkerSecond> health;  ///< Notable seconds of this worker.
};

}  // namespace loadrun::metrics
