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

/// What a worker measured since its last hand-over. `first_new` .. `first_new + new_series.size()` are the series
/// created since then, in id order; `touched` lists the series with samples, `sinks` is indexed by series.
struct Delta {
  struct NewSeries {
    MetricId metric;
    Tags tags;
  };
  std::uint32_t first_new = 0;
  std::vector<NewSeries> new_series;
  std::vector<SeriesId> touched;
  std::vector<Sink> sinks;
};

/// One worker's measurements. Confined to its worker; handed over as a Delta once a tick.
class Shard {
 public:
  Shard(const Registry& registry, TagTable& tags);

  /// Finds or creates the series. A hash look-up: keep the id at the call site.
  SeriesId series(MetricId metric, TagSetId tags);

  /// Adds one sample. `value` is in the metric's unit (milliseconds for time metrics). Hot: an array index and an add.
  /// `at` orders gauges.
  void record(SeriesId series, double value, TimePoint at);

  /// Moves what was measured since the last call out, and takes `recycled` (an emptied earlier Delta) for the next tick.
  Delta take(Delta recycled);
};

}  // namespace loadrun::metrics
