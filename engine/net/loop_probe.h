#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace loadrun::net {

/// What a loop did in one second.
struct LoopSecond {
  std::int64_t second = 0;  ///< Whole seconds from the probe's origin to its start.
  Nanoseconds length{1s};   ///< The last one may be shorter, or longer by kShortestRest at most.
  Nanoseconds busy{0};      ///< Of those: outside the wait for events.
  Nanoseconds longest_turn{0};    ///< From the end of a wait to the next; of those that ended here.
  Nanoseconds timer_lateness{0};  ///< Of the latest timer that ran here, against its deadline.
};

/// Cuts what a loop does into seconds; time comes from the loop, which has read its clock anyway.
/// A turn or a lateness belongs to the second in which it ended; busy time to those it lasted in.
/// Confined to the loop's thread.
///
/// A wait in which the process was stopped is no turn, but shows as lateness if a timer was armed.
/// A wait that comes back within kNoRest was a look at the descriptors and no rest: it counts as
/// busy, or else a loop with more work than it can do would never be all busy.
class LoopProbe {
 public:
  static constexpr Nanoseconds kNoRest = 10us;
  static constexpr Nanoseconds kShortestRest = 100ms;

  /// Seconds are counted from `origin`, which may be some time ago. REQUIRES: called in a turn.
  void start(TimePoint origin);
  /// The last second ends at `now`; a rest shorter than kShortestRest still belongs to the one
  /// before it, unless that was taken. Returns the number of the last. REQUIRES: it runs; called in
  /// a turn.
  std::int64_t stop(TimePoint now);
  bool running() const { return running_; }

  /// The loop begins to wait.
  void end_turn(TimePoint now);
  /// The wait is over; `deadline` is that of the earliest timer.
  void begin_turn(TimePoint now, std::optional<TimePoint> deadline);

  /// The second of what was told last.
  std::int64_t second() const { return current_.second; }
  /// Tells that the turn that runs has come to `now`.
  void go_on_to(TimePoint now) { advance(now, true); }
  /// The seconds that are over, ascending, each once.
  std::vector<LoopSecond> take() { return std::exchange(over_, {}); }

 private:
  void advance(TimePoint now, bool busy);

  bool running_ = false;
  TimePoint origin_{};
  TimePoint end_{};         // of the second in current_
  TimePoint told_{};        // up to here everything is in current_ and over_
  TimePoint turn_began_{};  // the last one
  LoopSecond current_;
  std::vector<LoopSecond> over_;
};

}  // namespace loadrun::net
