#include "run/live_board.h"

#include <algorithm>

namespace loadrun::run {

void LiveTotals::add(const LiveCounters& counters) {
  active_vus += counters.active_vus.load(std::memory_order_relaxed);
  intended += counters.intended.load(std::memory_order_relaxed);
  started += counters.started.load(std::memory_order_relaxed);
  completed += counters.completed.load(std::memory_order_relaxed);
  failed += counters.failed.load(std::memory_order_relaxed);
  interrupted += counters.interrupted.load(std::memory_order_relaxed);
  dropped += counters.dropped.load(std::memory_order_relaxed);
  unscheduled += counters.unscheduled.load(std::memory_order_relaxed);
  longest_wait = std::max(longest_wait, counters.longest_wait.load(std::memory_order_relaxed));
}

LiveBoard::LiveBoard(std::size_t workers, std::size_t scenarios) {
  for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back(scenarios);
}

LiveTotals LiveBoard::scenario(std::size_t index) const {
  LiveTotals totals;
  for (const LiveWorker& worker : workers_) totals.add(worker.scenarios[index]);
  return totals;
}

LiveTotals LiveBoard::totals() const {
  LiveTotals totals;
  for (const LiveWorker& worker : workers_) {
    for (const LiveCounters& counters : worker.scenarios) totals.add(counters);
  }
  return totals;
}

std::int64_t LiveBoard::initialised_vus() const {
  std::int64_t vus = 0;
  for (const LiveWorker& worker : workers_) {
    vus += worker.initialised_vus.load(std::memory_order_relaxed);
  }
  return vus;
}

}  // namespace loadrun::run
