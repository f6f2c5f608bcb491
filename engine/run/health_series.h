#pragma once

#include <cstdint>

#include "base/clock.h"
#include "metrics/health.h"
#include "metrics/shard.h"
#include "metrics/tags.h"

namespace loadrun::run {

/// Records a worker's seconds as loadrun_busy, loadrun_turn, loadrun_timer_lateness,
/// loadrun_lua_slice and loadrun_gc_steps: one sample each, with the tag `worker`. A slice that
/// says where it ended has the tag `line`, too. Confined to its worker.
class HealthSeries {
 public:
  /// `shard` and `tags` outlive this; `run_tags` are those of every sample.
  HealthSeries(metrics::Shard& shard, metrics::TagTable& tags, metrics::TagSetId run_tags,
               std::uint32_t worker);

  /// `at` lies in the second.
  void record(const metrics::WorkerSecond& second, TimePoint at);

 private:
  metrics::SeriesId series(metrics::Builtin metric) const;

  metrics::Shard& shard_;
  metrics::TagTable& table_;
  const metrics::TagSetId tags_;
  const metrics::SeriesId busy_, turn_, lateness_, gc_steps_;
};

}  // namespace loadrun::run
