#pragma once

#include <mutex>
#include <set>

#include "base/clock.h"

namespace loadrun::run {

/// k6's option `rps`: the requests of all workers stand in one line, whose slots are one interval
/// apart. A slot that nobody used is lost, so that there are no bursts. Thread-safe.
class RateLimit {
 public:
  /// At most `per_second` slots a second; > 0.
  explicit RateLimit(std::int64_t per_second);

  /// The next free slot: a request asked for at `now` starts at this instant, which may be `now`.
  TimePoint take(TimePoint now);
  /// Returns a slot that will not be used: who asks next gets it.
  void give_back(TimePoint slot);

 private:
  const Nanoseconds interval_;
  std::mutex mutex_;
  TimePoint next_{};
  std::set<TimePoint> returned_;
};

}  // namespace loadrun::run
