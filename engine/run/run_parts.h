#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "plan/plan.h"
#include "plan/striping.h"
#include "run/live_board.h"
#include "run/worker_messages.h"

namespace loadrun::run {

/// What the runners of one scenario on different workers share.
struct ScenarioShared {
  std::atomic<std::int64_t> claimed{0};  ///< Iterations started so far, of shared-iterations.
  std::atomic<int> unfinished{0};        ///< Runners that have not ended.
};

/// When a run and its scenarios started. Written by the coordinator before it tells the workers to
/// go on.
struct RunTimes {
  std::atomic<TimePoint> start{};             ///< Of the run, after the init.
  std::atomic<TimePoint> scenarios{};         ///< Of the scenarios; zero before.
  std::atomic<Nanoseconds> scenarios_wall{};  ///< The same instant on the wall clock.
};

/// What all workers of a run look at. Outlives them.
struct RunParts {
  /// `plan` and `events` outlive this.
  RunParts(const plan::Plan& the_plan, std::uint32_t worker_count, EventQueue& event_queue);

  const plan::Plan& plan;
  const std::uint32_t workers;
  const std::vector<plan::Striping> stripings;  ///< Per scenario.
  std::deque<ScenarioShared> scenarios;         ///< Per scenario.
  EventQueue& events;
  LiveBoard live;
  RunTimes times;
};

/// How much of a scenario is done, 0 to 1: by iterations where their number is given, else by time.
/// `completed` are its iterations so far, `elapsed` the time since its start.
double progress_of(const plan::Scenario& scenario, std::int64_t completed, Nanoseconds elapsed);

}  // namespace loadrun::run
