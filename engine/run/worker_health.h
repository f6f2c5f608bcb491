#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "metrics/health.h"
#include "net/event_loop.h"
#include "script/collection_count.h"
#include "script/task.h"

namespace loadrun::run {

/// How a worker itself does while its scenarios run, second by second: what the loop's probe tells
/// and what scripts and schedules add. Confined to its worker.
///
/// Code that VUs run as they are initialised is in turns, not in slices.
class WorkerHealth {
 public:
  /// Slices as long as this say where they ended.
  static constexpr Nanoseconds kLongSlice = 10ms;

  /// References outlive this.
  WorkerHealth(net::EventLoop& loop, const script::CollectionCount& collections)
      : loop_(loop), collections_(collections) {}

  /// The scenarios of worker `worker` started at `origin`.
  void start(std::uint32_t worker, TimePoint origin);
  /// They are over. Idempotent.
  void stop();

  /// An iteration began so long after its intended start.
  void began_late(Nanoseconds lag);
  /// So many arrivals found no VU.
  void dropped(std::int64_t count);
  /// As script::Host::ran.
  void ran(const script::Task& task, Nanoseconds slice);

  /// The seconds that are over, ascending, each once.
  std::vector<metrics::WorkerSecond> take();

 private:
  bool running() const { return loop_.probe().running(); }
  metrics::WorkerSecond& current();
  void keep_awake();

  net::EventLoop& loop_;
  const script::CollectionCount& collections_;
  std::uint32_t worker_ = 0;
  std::uint64_t counted_ = 0;                // collections
  std::deque<metrics::WorkerSecond> noted_;  // ascending; those without notes left out
};

}  // namespace loadrun::run
