#include "metrics/shard.h"

#include <utility>

#include "base/check.h"

namespace loadrun::metrics {

Shard::Shard(const Registry& registry, TagTable& tags) : registry_(registry), tags_(tags) {}

SeriesId Shard::series(MetricId metric, TagSetId tags) {
  const std::uint64_t key = std::uint64_t{metric.index} << 32 | tags.index;
  const SeriesId next{static_cast<std::uint32_t>(kinds_.size())};
  const auto [found, is_new] = index_.try_emplace(key, next);
  if (!is_new) return found->second;
  const Metric definition = registry_.metric(metric);
  kinds_.push_back({definition.type, definition.contains});
  is_touched_.push_back(0);
  current_.sinks.push_back(make_sink(definition.type, definition.contains));
  current_.new_series.push_back({metric, tags_.tags(tags)});
  return next;
}

void Shard::record(SeriesId series, double value, TimePoint at) {
  if (keeps_samples_) [[unlikely]] {
    keep(series, value, at);
  }
  if (is_touched_[series.index] == 0) {
    is_touched_[series.index] = 1;
    current_.touched.push_back(series);
  }
  add(current_.sinks[series.index], value, at);
}

void Shard::set_metadata(const Tags& metadata) {
  if (metadata == metadata_) return;
  metadata_ = metadata;
  metadata_number_ = 0;
}

void Shard::keep(SeriesId series, double value, TimePoint at) {
  if (metadata_number_ == 0 && !metadata_.empty()) {
    current_.metadata.push_back(metadata_);
    metadata_number_ = static_cast<std::uint32_t>(current_.metadata.size());
  }
  current_.samples.push_back({series, metadata_number_, value, at});
}

Delta Shard::take(Delta recycled) {
  LOADRUN_CHECK(recycled.touched.empty() && recycled.new_series.empty());
  for (const SeriesId series : current_.touched) is_touched_[series.index] = 0;
  while (recycled.sinks.size() < kinds_.size()) {
    const Kind kind = kinds_[recycled.sinks.size()];
    recycled.sinks.push_back(make_sink(kind.type, kind.contains));
  }
  metadata_number_ = 0;
  recycled.first_new = static_cast<std::uint32_t>(kinds_.size());
  return std::exchange(current_, std::move(recycled));
}

}  // namespace loadrun::metrics
