#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/health.h"
#include "metrics/shard.h"
#include "metrics/threshold.h"
#include "metrics/totals.h"
#include "run/output_feed.h"
#include "run/worker.h"

namespace loadrun::run {

/// The scenarios of `plan` and the metrics it leaves out, as thresholds see them.
metrics::ThresholdContext threshold_context(const plan::Plan& plan);

/// The coordinator's side of measuring: gathers the seconds of the workers, samples `vus` and the
/// like, evaluates thresholds. Confined to the coordinator.
class Measurements {
 public:
  /// Thresholds are validated before, in the threshold_context() of `plan`; what is passed outlives
  /// this.
  Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
               const plan::Plan& plan);

  /// From here on passes everything on to outputs, which outlive this. Before the run.
  void feed(outputs::OutputSet& outputs);
  /// A run starts: `wall` is the time of day at `start`.
  void begin(TimePoint start, Nanoseconds wall);
  /// The scenarios start at `origin`: seconds are counted from there.
  void start(TimePoint origin);
  /// Merges what the workers have handed over, and what was sampled here in seconds that are over
  /// at `now`.
  void gather(const std::vector<std::unique_ptr<Worker>>& workers, TimePoint now);
  /// Merges the last seconds of a worker. REQUIRES: gathered before.
  void add_rest(std::uint32_t worker, metrics::HandOver& rest);
  /// Merges all that was sampled here.
  void add_own();
  /// Everything is in: outputs get what they have not got yet.
  void end();
  void sample(metrics::Builtin gauge, double value, TimePoint now);
  /// Samples a second of this machine, and keeps it for the verdict. `at` lies in the second.
  void sample(const metrics::MachineSecond& second, TimePoint at);
  /// Samples whether each threshold holds, as it was evaluated last.
  void sample_thresholds(TimePoint now);

  /// Evaluates thresholds with windows and the like at the end of each second that was handed over
  /// by all workers; one that is more than a few seconds late is not waited for. True when one of
  /// them asks for an abort. `now` and `elapsed` are the same instant, the latter since the start
  /// of the run. REQUIRES: started.
  bool evaluate_seconds(TimePoint now, Nanoseconds elapsed);
  /// Does so for the seconds that are left, the scenarios having ended at `end`, and ends what
  /// thresholds have to say. Returns what the user has to know about them.
  std::vector<std::string> finish_seconds(TimePoint end, TimePoint now);

  metrics::ThresholdSet& thresholds() { return thresholds_; }
  const metrics::Totals& totals() const { return totals_; }
  /// The generator's: of the workers what they have handed over.
  metrics::Health& health() { return health_; }

 private:
  void merge(std::uint32_t worker, metrics::HandOver& measured);
  void merge_second(std::uint32_t worker, metrics::Delta& delta);
  void add_closed();
  std::int64_t complete_at(TimePoint now) const;
  bool evaluate_until(std::int64_t second, Nanoseconds elapsed);

  metrics::ThresholdSet thresholds_;
  metrics::Totals totals_;
  metrics::Health health_;
  metrics::TagTable tags_;
  metrics::Shard shard_;
  metrics::TagSetId run_tags_;
  const metrics::Registry& registry_;
  std::optional<OutputFeed> feed_;      // when there are outputs
  bool warned_ = false;                 // of many series
  TimePoint origin_{};                  // of the scenarios
  std::vector<std::int64_t> complete_;  // by worker, the last one here: HandOver::complete
  std::int64_t evaluated_ = metrics::kBeforeStart;  // up to this second
};

}  // namespace loadrun::run
