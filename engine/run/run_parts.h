#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "net/environment_proxies.h"
#include "net/resolver.h"
#include "plan/plan.h"
#include "plan/striping.h"
#include "report/summary_input.h"
#include "run/live_board.h"
#include "run/rate_limit.h"
#include "run/worker_messages.h"

namespace loadrun::run {

class Worker;

/// How many VUs of an open scenario are free on one worker; a sibling may reserve one for an
/// arrival that it hands over. On a cache line of its own. Thread-safe.
class alignas(64) FreeVus {
 public:
  void add() { count_.fetch_add(1, std::memory_order_relaxed); }
  /// Takes one if there is one.
  bool take();

 private:
  std::atomic<std::int64_t> count_{0};
};

/// What the runners of one scenario on different workers share.
struct ScenarioShared {
  explicit ScenarioShared(std::uint32_t workers)
      : unfinished(static_cast<int>(workers)),
        preparing_workers(static_cast<int>(workers)),
        free_vus(workers) {}

  std::atomic<std::int64_t> claimed{0};  ///< Iterations started so far, of shared-iterations.
  std::atomic<int> unfinished;           ///< Runners that have not ended.
  std::atomic<int> preparing_workers;    ///< Of a stampede: whose VUs are not all through.
  std::atomic<std::int64_t> unprepared_vus{0};  ///< Of a stampede: those that are out.
  std::deque<FreeVus> free_vus;                 ///< Of an open scenario, per worker.
  std::atomic<bool> insufficient{false};        ///< It was said that there are too few VUs.
};

/// When a run and its scenarios started. Written by the coordinator before it tells the workers to
/// go on.
struct RunTimes {
  std::atomic<TimePoint> start{};             ///< Of the run, after the init.
  std::atomic<Nanoseconds> start_wall{};      ///< The same instant on the wall clock.
  std::atomic<TimePoint> scenarios{};         ///< Of the scenarios; zero before.
  std::atomic<Nanoseconds> scenarios_wall{};  ///< The same instant on the wall clock.
};

/// What all workers of a run look at. Outlives them.
struct RunParts {
  /// `plan`, `events` and `clock` outlive this.
  RunParts(const plan::Plan& the_plan, std::uint32_t worker_count, EventQueue& event_queue,
           const Clock& clock);

  const plan::Plan& plan;
  const std::uint32_t workers;
  const std::vector<plan::Striping> stripings;  ///< Per scenario.
  std::deque<ScenarioShared> scenarios;         ///< Per scenario.
  EventQueue& events;
  std::vector<Worker*> peers;  ///< Per worker; complete before the scenarios start.
  LiveBoard live;
  RunTimes times;
  std::shared_ptr<const net::EnvironmentProxies> proxies;  ///< Set before workers join.
  std::optional<RateLimit> rate_limit;                     ///< Of requests, with option `rps`.
  bool keep_samples = false;  ///< For outputs. Set before workers join.
  const std::shared_ptr<net::Resolver> resolver;
};

/// How many iterations a scenario has in this instance; 0 when it is not bound by iterations.
std::int64_t iterations_of(const plan::Scenario& scenario);

/// How much of a scenario is done, 0 to 1: by iterations where their number is given, else by time.
/// `completed` are its iterations so far, `elapsed` the time since its start.
double progress_of(const plan::Scenario& scenario, std::int64_t completed, Nanoseconds elapsed);

/// How the iterations of each scenario of `run` ended.
std::vector<report::ScenarioResult> scenario_results(const RunParts& run);

/// What the scenarios of `run` with a queue had left in it at their ends.
std::vector<report::Unscheduled> unscheduled(const RunParts& run);

}  // namespace loadrun::run
