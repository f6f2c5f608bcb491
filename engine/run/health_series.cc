#include "run/health_series.h"

#include <fmt/format.h>

namespace loadrun::run {

using metrics::Builtin;

HealthSeries::HealthSeries(metrics::Shard& shard, metrics::TagTable& tags,
                           metrics::TagSetId run_tags, std::uint32_t worker)
    : shard_(shard),
      table_(tags),
      tags_(tags.with(run_tags, "worker", fmt::to_string(worker))),
      busy_(series(Builtin::kLoadrunBusy)),
      turn_(series(Builtin::kLoadrunTurn)),
      lateness_(series(Builtin::kLoadrunTimerLateness)),
      gc_steps_(series(Builtin::kLoadrunGcSteps)) {}

metrics::SeriesId HealthSeries::series(Builtin metric) const {
  return shard_.series(metrics::id_of(metric), tags_);
}

void HealthSeries::record(const metrics::WorkerSecond& second, TimePoint at) {
  shard_.set_metadata({});  // of no VU
  shard_.record(busy_, second.busy, at);
  shard_.record(turn_, to_milliseconds(second.longest_turn), at);
  shard_.record(lateness_, to_milliseconds(second.timer_lateness), at);
  shard_.record(gc_steps_, static_cast<double>(second.gc_steps), at);
  const metrics::TagSetId tags =
      second.slice_place.empty() ? tags_ : table_.with(tags_, "line", second.slice_place);
  shard_.record(shard_.series(metrics::id_of(Builtin::kLoadrunLuaSlice), tags),
                to_milliseconds(second.longest_slice), at);
}

}  // namespace loadrun::run
