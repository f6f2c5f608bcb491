#include "run/progress_source.h"

#include <algorithm>

namespace loadrun::run {
namespace {

using State = report::ScenarioProgress::State;

/// What the executor's kind adds to a scenario's line: the part of this instance.
struct Describe {
  report::ScenarioProgress& shown;
  std::int64_t vus;  ///< Most at a time.

  void operator()(const plan::ConstantVus&) const { shown.vus = vus; }
  void operator()(const plan::SharedIterations&) const { shown.vus = vus; }
  void operator()(const plan::PerVuIterations& executor) const {
    shown.vus = vus;
    shown.per_vu = true;
    shown.iterations_per_vu = executor.iterations;
  }
  template <typename VaryingVus>
  void operator()(const VaryingVus&) const {
    shown.max_vus = vus;
  }
};

void set_state(report::ScenarioProgress& shown, Nanoseconds elapsed, bool idle) {
  const bool all_done =
      shown.iterations_total > 0 && shown.iterations_done >= shown.iterations_total;
  if (elapsed < 0ns) {
    shown.state = State::kWaiting;
  } else if (all_done || (elapsed >= shown.total && idle)) {
    shown.state = State::kDone;
  } else {
    shown.state = elapsed >= shown.total ? State::kStopping : State::kRunning;
  }
}

}  // namespace

ProgressSource::ProgressSource(const RunParts& run)
    : run_(run), requirements_(plan::requirements(run.plan)) {}

report::Progress ProgressSource::read(Nanoseconds elapsed, Nanoseconds scenario_time) const {
  const LiveTotals totals = run_.live.totals();
  report::Progress progress;
  progress.elapsed = elapsed;
  progress.max_duration = requirements_.total_duration;
  progress.active_vus = totals.active_vus;
  progress.max_vus = requirements_.max_vus;
  progress.complete = totals.completed;
  progress.interrupted = totals.interrupted;
  for (std::size_t i = 0; i < run_.plan.scenarios.size(); ++i) {
    if (plan::max_vus(run_.plan.scenarios[i]) == 0) continue;  // left out
    progress.scenarios.push_back(read_scenario(i, scenario_time));
  }
  return progress;
}

report::ScenarioProgress ProgressSource::read_scenario(std::size_t index,
                                                       Nanoseconds scenario_time) const {
  const plan::Scenario& scenario = run_.plan.scenarios[index];
  const LiveTotals totals = run_.live.scenario(index);
  const Nanoseconds elapsed = scenario_time - scenario.start_time;
  report::ScenarioProgress shown;
  shown.name = scenario.name;
  shown.description = plan::describe(scenario);
  shown.total = plan::regular_duration(scenario);
  shown.elapsed = std::clamp(elapsed, Nanoseconds(0), shown.total);
  shown.iterations_done = totals.completed;
  shown.vus = totals.active_vus;
  shown.iterations_total = iterations_of(scenario);
  std::visit(Describe{shown, plan::max_vus(scenario)}, scenario.executor);
  shown.fraction = progress_of(scenario, totals.completed, shown.elapsed);
  set_state(shown, elapsed, totals.active_vus == 0);
  return shown;
}

}  // namespace loadrun::run
