#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/probe_judge.h"
#include "plan/capacity_result.h"
#include "plan/capacity_search.h"
#include "run/measurements.h"
#include "run/probe_measurements.h"
#include "run/run_parts.h"
#include "run/worker.h"

namespace loadrun::run {

/// Checks the objective of a capacity search, as the thresholds of the run are (kInvalidConfig).
Result<void> check_objective(const plan::Plan& plan, const metrics::Registry& registry);

/// Leads the capacity search of a run: looks at what the workers have counted and measured, tells
/// them the next rate. Confined to the coordinator.
class CapacityControl {
 public:
  /// What the search of a plan looks at; all of it outlives this.
  struct Parts {
    RunParts& run;
    std::vector<std::unique_ptr<Worker>>& workers;
    Measurements& measurements;
    std::size_t scenario;  ///< Index in the plan: an executor `capacity`, checked.
  };

  /// That of the run's plan; none when it has no search.
  static std::unique_ptr<CapacityControl> of(RunParts& run,
                                             std::vector<std::unique_ptr<Worker>>& workers,
                                             Measurements& measurements);

  explicit CapacityControl(const Parts& parts);

  /// Goes on. REQUIRES: the scenarios have started; what was measured has been gathered.
  void tick(TimePoint now);
  /// What is known when the scenarios have ended, at `now`.
  plan::CapacityResult finish(TimePoint now);
  /// "probe 3: 112 iters/s", for people; "" between probes.
  std::string status() const;

 private:
  enum class State { kWaiting, kProbing, kDraining, kDone };

  Nanoseconds elapsed(TimePoint now) const;
  void begin_probe(TimePoint now);
  void look(TimePoint now);
  void end_probe(const metrics::ProbeDecision& decision, TimePoint now);
  void warn_of_silence() const;
  void drain(TimePoint now);
  void go_on(TimePoint now);
  void complete(TimePoint now);
  metrics::ProbeCounts counts(TimePoint now) const;
  void describe_probe(TimePoint now);
  void announce(std::int64_t probe, std::int64_t rate, TimePoint now);
  void post(const Command& command);
  double per_second(std::int64_t rate) const;

  Parts parts_;
  const plan::Scenario& scenario_;
  const plan::Capacity& executor_;
  std::vector<metrics::Objective> objectives_;
  plan::CapacitySearch search_;
  ProbeMeasurements measured_;
  plan::CapacityResult result_;
  State state_ = State::kWaiting;
  plan::RatePiece piece_;
  LiveTotals before_;  // counts at the start of the probe
  std::optional<metrics::ProbeJudge> judge_;
  bool settled_ = false;
  TimePoint last_look_{}, drained_by_{};
};

}  // namespace loadrun::run
