#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "metrics/delta.h"
#include "metrics/registry.h"
#include "metrics/totals.h"
#include "outputs/output_set.h"

namespace loadrun::run {

/// Makes batches for the outputs from what the workers hand over: one a second, published when
/// nothing more is expected of it. Confined to the coordinator.
class OutputFeed {
 public:
  /// All outlive this. `outputs` has no series yet.
  OutputFeed(outputs::OutputSet& outputs, const metrics::Registry& registry,
             const metrics::Totals& totals);

  /// The run starts, by both clocks.
  void start(TimePoint start, Nanoseconds wall);
  /// Takes in a second of what `worker` measured. REQUIRES: the totals have it already.
  void add(std::uint32_t worker, const metrics::Delta& delta);
  /// Publishes the seconds up to `second`. What comes of them later makes further batches.
  void publish(std::int64_t second);
  /// Publishes what is left.
  void flush();

 private:
  /// A batch in the making.
  struct Draft {
    outputs::Batch batch;
    std::unordered_map<std::uint32_t, std::size_t> part_of;  // by series: the position in its parts
  };

  void learn_series();
  void add_parts(Draft& draft, const metrics::Delta& delta, const std::vector<std::size_t>& series);
  void add_samples(outputs::Batch& batch, const metrics::Delta& delta,
                   const std::vector<std::size_t>& series) const;

  outputs::OutputSet& outputs_;
  const metrics::Registry& registry_;
  const metrics::Totals& totals_;
  const bool wants_samples_;
  Nanoseconds wall_offset_{0};  // from the monotonic clock to the time of day
  std::size_t known_series_ = 0;
  std::map<std::int64_t, Draft> drafts_;  // by second
};

}  // namespace loadrun::run
