#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/callback.h"
#include "net/loop_probe.h"
#include "net/poll_set.h"
#include "net/timer_queue.h"

namespace loadrun::net {

/// One epoll loop (architecture.md "The worker's turn"). Confined to its thread, except wake().
/// Callbacks of timers, descriptors and the drive hook may call everything but turn().
class EventLoop {
 public:
  /// `clock` outlives the loop. Fails when the process has no descriptors left.
  static Result<std::unique_ptr<EventLoop>> create(const Clock& clock);

  EventLoop(const Clock& clock, PollSet poll, UniqueFd wake_fd);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// The time read at the start of this turn, after its wait.
  TimePoint now() const { return now_; }
  const Clock& clock() const { return clock_; }

  /// Exact: runs in the first turn that starts at or after `when`.
  TimerId run_at(TimePoint when, Callback callback, void* context);
  /// Rounded up to the next 1 ms grid point (decision 17), for sleeps. `delay` counts from the
  /// call, not from now(): a sleep is never shorter than asked for, however long this turn has
  /// been.
  TimerId run_after_coarse(Nanoseconds delay, Callback callback, void* context);
  /// As run_after_coarse(), for a known instant.
  TimerId run_at_coarse(TimePoint when, Callback callback, void* context);
  /// Does nothing when the timer has fired already.
  void cancel(TimerId id);

  /// Wants `events` (0: none) for `fd`; differences reach epoll once a turn.
  void watch(int fd, std::uint32_t events, ReadyCallback callback, void* context);
  /// Must be called before `fd` is closed by somebody else.
  void forget(int fd);

  /// One turn: tells epoll what changed, waits at most until the next deadline, reads the clock,
  /// runs due timers, ready callbacks and the drive hook. The first turn does not wait. When turn()
  /// returns, all that was due has been done.
  void turn();
  /// Called every turn after timers and the ready callbacks of the turn before (the HttpClient's
  /// drive).
  void set_drive(Callback drive, void* context);

  /// Thread-safe: makes a waiting turn() return, or the next one not wait.
  void wake();

  /// Hears of every turn.
  LoopProbe& probe() { return probe_; }

 private:
  static void on_wake(void* self, int fd, std::uint32_t events);
  std::optional<Nanoseconds> patience(std::optional<TimePoint> deadline, TimePoint now);

  const Clock& clock_;
  TimerQueue timers_;
  PollSet poll_;
  UniqueFd wake_fd_;
  TimePoint now_;
  LoopProbe probe_;
  bool first_turn_ = true;
  Callback drive_ = nullptr;
  void* drive_context_ = nullptr;
};

}  // namespace loadrun::net
