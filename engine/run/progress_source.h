#pragma once

#include "plan/schedule.h"
#include "report/progress.h"
#include "run/run_parts.h"

namespace loadrun::run {

/// Reads how far a run has come from the workers' live counters. Confined to the coordinator.
class ProgressSource {
 public:
  /// `run` outlives this.
  explicit ProgressSource(const RunParts& run);

  /// `elapsed`: since the run's start; `scenario_time`: since the scenarios', negative before it.
  report::Progress read(Nanoseconds elapsed, Nanoseconds scenario_time) const;

 private:
  report::ScenarioProgress read_scenario(std::size_t index, Nanoseconds scenario_time) const;

  const RunParts& run_;
  plan::Requirements requirements_;
};

}  // namespace loadrun::run
