#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "metrics/shard.h"
#include "metrics/threshold.h"
#include "metrics/totals.h"
#include "run/output_feed.h"
#include "run/worker.h"

namespace loadrun::run {

/// The coordinator's side of measuring: gathers the workers' deltas, samples `vus` and `vus_max`,
/// evaluates thresholds. Confined to the coordinator.
class Measurements {
 public:
  /// Thresholds are validated before; what is passed outlives this.
  Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
               const plan::Plan& plan);

  /// From here on passes everything on to outputs, which outlive this. Before the run.
  void feed(outputs::OutputSet& outputs);
  /// The run starts: `wall` is the time of day at `start`.
  void begin(TimePoint start, Nanoseconds wall);
  /// Merges what the workers have handed over.
  void gather(const std::vector<std::unique_ptr<Worker>>& workers, TimePoint now);
  /// Merges the last delta of a worker. REQUIRES: gathered before.
  void add_rest(std::uint32_t worker, metrics::Delta& rest, TimePoint now);
  /// Merges what was sampled here since the last time, under an index that no worker has.
  void add_own(std::uint32_t index, TimePoint now);
  /// Everything is in: outputs get what they have not got yet.
  void end();
  void sample(metrics::Builtin gauge, double value, TimePoint now);

  metrics::ThresholdSet& thresholds() { return thresholds_; }
  const metrics::Totals& totals() const { return totals_; }

 private:
  void merge(std::uint32_t worker, metrics::Delta& delta, TimePoint now);

  metrics::ThresholdSet thresholds_;
  metrics::Totals totals_;
  metrics::TagTable tags_;
  metrics::Shard shard_;
  metrics::Delta own_;  // travels to and from the shard
  metrics::TagSetId run_tags_;
  const metrics::Registry& registry_;
  TimePoint start_{};
  std::optional<OutputFeed> feed_;  // when there are outputs
};

}  // namespace loadrun::run
