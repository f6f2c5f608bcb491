#pragma once

#include <atomic>
#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace loadrun::run {

/// What one worker has done for one scenario so far. Written by its worker, read by anyone
/// (progress, `vus`, k6/execution). On cache lines of its own, so that workers do not slow each
/// other down.
struct alignas(64) LiveCounters {
  std::atomic<std::int64_t> active_vus{0};
  std::atomic<std::int64_t> intended{0};  ///< Their time to start has come.
  std::atomic<std::int64_t> started{0};
  std::atomic<std::int64_t> completed{0};
  std::atomic<std::int64_t> failed{0};  ///< Of those completed: raised an error.
  std::atomic<std::int64_t> interrupted{0};
  std::atomic<std::int64_t> dropped{0};
  std::atomic<std::int64_t> unscheduled{0};    ///< Still waited for a VU when the scenario ended.
  std::atomic<Nanoseconds> longest_wait{0ns};  ///< Of those.
};

/// Adds to a counter that only the calling thread writes: no locked instruction.
template <typename T>
void bump(std::atomic<T>& counter, T by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// What a worker does now. Written by it, read by the coordinator.
struct alignas(64) LiveWorker {
  explicit LiveWorker(std::size_t scenario_count) : scenarios(scenario_count) {}

  std::deque<LiveCounters> scenarios;
  std::atomic<std::int64_t> initialised_vus{0};
  std::atomic<std::uint64_t> turns{
      0};  ///< Of its loop, and VUs made: it stands still in a script that does not wait.
  std::atomic<std::uint64_t> vu{0};         ///< Whose script ran last.
  std::atomic<std::uint64_t> iteration{0};  ///< `__ITER` there.
};

/// Sums over a worker's scenarios or a scenario's workers.
struct LiveTotals {
  std::int64_t active_vus = 0, intended = 0, started = 0, completed = 0, failed = 0,
               interrupted = 0;
  std::int64_t dropped = 0, unscheduled = 0;
  Nanoseconds longest_wait{0};

  void add(const LiveCounters& counters);
};

/// The live counters of all workers of a run. Thread-safe to read.
class LiveBoard {
 public:
  LiveBoard(std::size_t workers, std::size_t scenarios);

  LiveWorker& worker(std::size_t index) { return workers_[index]; }
  const LiveWorker& worker(std::size_t index) const { return workers_[index]; }
  LiveTotals scenario(std::size_t index) const;
  LiveTotals totals() const;
  std::int64_t initialised_vus() const;

 private:
  std::deque<LiveWorker> workers_;
};

}  // namespace loadrun::run
