#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "net/callback.h"
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

  /// The time read at the start of this turn, and again after its wait.
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

  /// One turn: due timers, `drive` hook, epoll changes, wait at most until the next deadline, ready
  /// callbacks.
  void turn();
  /// Called every turn after timers and the ready callbacks of the turn before (the HttpClient's
  /// drive).
  void set_drive(Callback drive, void* context);

  /// Thread-safe: makes a waiting turn() return, or the next one not wait.
  void wake();

 private:
  static void on_wake(void* self, int fd, std::uint32_t events);
  void wait_for_work();

  const Clock& clock_;
  TimerQueue timers_;
  PollSet poll_;
  UniqueFd wake_fd_;
  TimePoint now_;
  Callback drive_ = nullptr;
  void* drive_context_ = nullptr;
};

}  // namespace loadrun::net
