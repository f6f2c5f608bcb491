#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "metrics/delta.h"
#include "metrics/metric.h"
#include "metrics/registry.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::metrics {

/// One worker's measurements. Confined to its worker; handed over as a Delta once a tick. Once all
/// series exist and the Deltas travel round, recording and handing over allocate nothing (a trend
/// grows until it has held its busiest tick).
class Shard {
 public:
  /// `registry` and `tags` outlive the shard.
  Shard(const Registry& registry, TagTable& tags);

  /// Finds or creates the series. A hash look-up: keep the id at the call site.
  SeriesId series(MetricId metric, TagSetId tags);

  /// Adds one sample. `value` is in the metric's unit (milliseconds for time metrics), no NaN. Hot:
  /// an array index and an add. `at` orders gauges.
  void record(SeriesId series, double value, TimePoint at);

  /// From here on the Deltas hold every sample too, for outputs that want them. Before the run.
  void keep_samples() { keeps_samples_ = true; }
  bool keeps_samples() const { return keeps_samples_; }
  /// What goes with the samples that follow, besides their tags, and makes no series of its own.
  void set_metadata(const Tags& metadata);

  /// Moves what was measured since the last call out. `recycled` serves the next tick: a Delta of
  /// *this* shard that Totals::merge has emptied, or a new one. Swaps arrays: O(touched series).
  Delta take(Delta recycled);

 private:
  struct Kind {
    MetricType type;
    ValueKind contains;
  };

  void keep(SeriesId series, double value, TimePoint at);

  const Registry& registry_;
  const TagTable& tags_;
  std::unordered_map<std::uint64_t, SeriesId> index_;  // by metric and tag set
  std::vector<Kind> kinds_;                            // by series
  std::vector<std::uint8_t> is_touched_;               // by series
  Delta current_;
  bool keeps_samples_ = false;
  Tags metadata_;
  std::uint32_t metadata_number_ = 0;  // as samples refer to it; 0: there is none yet
};

}  // namespace loadrun::metrics
