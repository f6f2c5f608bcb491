#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "metrics/delta.h"
#include "metrics/registry.h"
#include "metrics/totals.h"
#include "outputs/output_set.h"

namespace loadrun::run {

/// Makes batches for the outputs from what the workers hand over: one a second, published when the
/// next one begins. Confined to the coordinator.
class OutputFeed {
 public:
  /// All outlive this. `outputs` has no series yet.
  OutputFeed(outputs::OutputSet& outputs, const metrics::Registry& registry,
             const metrics::Totals& totals);

  /// When the run starts, by both clocks.
  void start(TimePoint start, Nanoseconds wall);
  /// Takes in what `worker` measured; `second` of the run it belongs to. REQUIRES: the totals have
  /// it already.
  void add(std::uint32_t worker, const metrics::Delta& delta, Nanoseconds second);
  /// Publishes what is left.
  void flush();

 private:
  void learn_series();
  void add_parts(const metrics::Delta& delta, const std::vector<std::size_t>& series);
  void add_samples(const metrics::Delta& delta, const std::vector<std::size_t>& series);

  outputs::OutputSet& outputs_;
  const metrics::Registry& registry_;
  const metrics::Totals& totals_;
  const bool wants_samples_;
  Nanoseconds wall_offset_{0};  // from the monotonic clock to the time of day
  outputs::Batch batch_;
  std::vector<std::uint32_t> part_of_;  // by series: the position in the batch's parts plus 1
};

}  // namespace loadrun::run
