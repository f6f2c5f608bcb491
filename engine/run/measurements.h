#pragma once

#include <memory>
#include <vector>

#include "metrics/shard.h"
#include "metrics/threshold.h"
#include "metrics/totals.h"
#include "run/worker.h"

namespace loadrun::run {

/// The coordinator's side of measuring: gathers the workers' deltas, samples `vus` and `vus_max`,
/// evaluates thresholds. Confined to the coordinator.
class Measurements {
 public:
  /// Thresholds are validated before; what is passed outlives this.
  Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
               const plan::Plan& plan);

  /// Merges what the workers have handed over.
  void gather(const std::vector<std::unique_ptr<Worker>>& workers);
  /// Merges the last delta of a worker. REQUIRES: gathered before.
  void add_rest(std::uint32_t worker, metrics::Delta& rest);
  /// Merges what was sampled here, under an index that no worker has. Once.
  void add_own(std::uint32_t index);
  void sample(metrics::Builtin gauge, double value, TimePoint now);

  metrics::ThresholdSet& thresholds() { return thresholds_; }
  const metrics::Totals& totals() const { return totals_; }

 private:
  metrics::ThresholdSet thresholds_;
  metrics::Totals totals_;
  metrics::TagTable tags_;
  metrics::Shard shard_;
  metrics::TagSetId run_tags_;
};

}  // namespace loadrun::run
