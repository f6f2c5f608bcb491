#pragma once

#include <string>
#include <vector>

#include "metrics/registry.h"
#include "metrics/shard.h"

namespace loadrun::test {

/// What a series received since it was last looked at.
struct Measured {
  std::string metric;
  metrics::Tags tags;
  metrics::Sink sink;
};

/// Reads a shard the way the coordinator does, with names instead of ids.
class ShardReader {
 public:
  ShardReader(const metrics::Registry& registry, metrics::Shard& shard)
      : registry_(registry), shard_(shard) {}

  /// Everything recorded since the last call, in the order of the series' first samples.
  std::vector<Measured> take() {
    metrics::Delta delta = shard_.take();
    series_.insert(series_.end(), delta.new_series.begin(), delta.new_series.end());
    std::vector<Measured> measured;
    for (const metrics::SeriesId id : delta.touched) {
      const metrics::Delta::NewSeries& series = series_[id.index];
      measured.push_back(
          {registry_.metric(series.metric).name, series.tags, delta.sinks[id.index]});
    }
    return measured;
  }

  /// The same, of one metric.
  std::vector<Measured> take(std::string_view metric) {
    std::vector<Measured> measured = take();
    std::erase_if(measured, [&](const Measured& one) { return one.metric != metric; });
    return measured;
  }

 private:
  const metrics::Registry& registry_;
  metrics::Shard& shard_;
  std::vector<metrics::Delta::NewSeries> series_;
};

/// Sum over the counters among `measured` that are of `metric`.
inline double sum_of(const std::vector<Measured>& measured, std::string_view metric) {
  double sum = 0;
  for (const Measured& one : measured) {
    if (one.metric == metric) sum += std::get<metrics::Counter>(one.sink).sum.value();
  }
  return sum;
}

}  // namespace loadrun::test
