#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "net/callback.h"

namespace loadrun::net {

/// Handle of an armed timer; invalid after it fired or was cancelled. The default one names no
/// timer.
struct TimerId {
  std::uint64_t value = 0;
};

/// Timers on a given time line: time in, callbacks out. Confined to one thread.
///
/// Timers are grouped in slots, and the heap orders slots. An exact timer has a slot of its own;
/// coarse timers that fall on the same millisecond share one, so thousands of sleepers cost one
/// heap entry and one wake-up a millisecond, and arming one is a table look-up. Equal instants fire
/// in the order in which they were armed.
class TimerQueue {
 public:
  TimerQueue();

  TimerId add(TimePoint when, Callback callback, void* context);
  /// Rounds `when` up to a multiple of 1 ms since the clock's origin.
  TimerId add_coarse(TimePoint when, Callback callback, void* context);
  /// Does nothing when the timer fired already.
  void cancel(TimerId id);

  /// Runs what is due at `now`. Callbacks may add and cancel; what they add waits for the next
  /// call, even if due.
  void run_due(TimePoint now);
  /// When run_due() has something to do again; nothing when no timer is armed.
  std::optional<TimePoint> next() const;

 private:
  struct Timer {
    Callback callback;
    void* context;
    std::uint32_t generation;  ///< Tells a handle from one of an earlier timer in the same place.
    std::uint32_t slot;        ///< kNone: free.
    std::uint32_t previous, following;
  };
  struct Slot {
    TimePoint when;
    std::uint64_t order;  ///< Breaks ties of `when`.
    std::uint32_t first, last;
    std::uint32_t heap_position;
  };

  TimerId add_to(std::uint32_t slot, Callback callback, void* context);
  void append(std::uint32_t slot, std::uint32_t timer);
  void unlink(std::uint32_t timer);
  void release_timer(std::uint32_t timer);
  std::uint32_t new_slot(TimePoint when);
  void remove_slot(std::uint32_t slot);
  void move_to_due(std::uint32_t slot);

  bool before(std::uint32_t a, std::uint32_t b) const;
  void place(std::uint32_t position, std::uint32_t slot);
  void sift_up(std::uint32_t position);
  void sift_down(std::uint32_t position);

  std::vector<Timer> timers_;
  std::vector<std::uint32_t> free_timers_;
  std::vector<Slot> slots_;  ///< Number 0 is the list of timers being run; it is never in the heap.
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> heap_;  ///< Slots, the earliest first.
  std::vector<std::uint32_t>
      slot_of_tick_;  ///< A coarse slot by its millisecond, modulo the table's size.
  std::uint64_t next_order_ = 0;
};

}  // namespace loadrun::net
