#pragma once

#include <memory>
#include <vector>

#include "plan/plan.h"
#include "report/progress.h"
#include "run/live_counters.h"
#include "run/worker.h"

namespace loadrun::run {

/// Reads how far a run has come from the workers' live counters. Confined to the coordinator.
class ProgressSource {
 public:
  /// `plan` and `workers` outlive this.
  ProgressSource(const plan::Plan& plan, const std::vector<std::unique_ptr<Worker>>& workers);

  /// `elapsed`: since the run's start; `scenario_time`: since the scenarios', negative before it.
  report::Progress read(Nanoseconds elapsed, Nanoseconds scenario_time) const;
  /// Over all workers and scenarios.
  LiveTotals totals() const;
  /// VUs made so far.
  std::int64_t initialised_vus() const;

 private:
  report::ScenarioProgress read_scenario(std::size_t index, Nanoseconds scenario_time) const;

  const plan::Plan& plan_;
  const std::vector<std::unique_ptr<Worker>>& workers_;
  plan::Requirements requirements_;
};

}  // namespace loadrun::run
