#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
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

/// What a worker measured since its last hand-over. `first_new` .. `first_new + new_series.size()`
/// are the series created since then, in id order; `touched` lists the series with samples; `sinks`
/// is indexed by series and empty where untouched.
struct Delta {
  /// A series the receiver has not heard of.
  struct NewSeries {
    MetricId metric;
    Tags tags;
  };
  std::uint32_t first_new = 0;
  std::vector<NewSeries> new_series;
  std::vector<SeriesId> touched;
  std::vector<Sink> sinks;
  /// One by one, if the shard keeps them.
  std::vector<Sample> samples;
  /// What goes with samples besides their tags: Sample::metadata is a position plus 1.
  std::vector<Tags> metadata;

  /// Back to nothing measured, keeping memory for the shard that made it.
  void clear();
};

}  // namespace loadrun::metrics
