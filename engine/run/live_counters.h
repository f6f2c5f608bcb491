#pragma once

#include <atomic>
#include <cstdint>

namespace loadrun::run {

/// What one worker has done for one scenario so far. Written by its worker, read by anyone
/// (progress, `vus`). On cache lines of its own, so that workers do not slow each other down.
struct alignas(64) LiveCounters {
  std::atomic<std::int64_t> active_vus{0};
  std::atomic<std::int64_t> started{0};
  std::atomic<std::int64_t> completed{0};
  std::atomic<std::int64_t> interrupted{0};
};

/// Sums over a worker's scenarios or a scenario's workers.
struct LiveTotals {
  std::int64_t active_vus = 0, started = 0, completed = 0, interrupted = 0;

  void add(const LiveCounters& counters) {
    active_vus += counters.active_vus.load(std::memory_order_relaxed);
    started += counters.started.load(std::memory_order_relaxed);
    completed += counters.completed.load(std::memory_order_relaxed);
    interrupted += counters.interrupted.load(std::memory_order_relaxed);
  }
};

/// Adds to a counter that only the calling thread writes: no locked instruction.
inline void bump(std::atomic<std::int64_t>& counter, std::int64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace loadrun::run
