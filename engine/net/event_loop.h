#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/result.h"

namespace loadrun::net {

/// Handle of an armed timer; invalid after it fired or was cancelled.
struct TimerId {
  std::uint64_t value = 0;
};

/// A callback without ownership: plain function plus context, so that arming a timer allocates nothing.
using Callback = void (*)(void* context);
using ReadyCallback = void (*)(void* context, int fd, std::uint32_t epoll_events);

/// One epoll loop (architecture.md "The worker's turn"). Confined to its thread, except wake().
class EventLoop {
 public:
  static Result<std::unique_ptr<EventLoop>> create(const Clock& clock);

  /// The time read at the start of this turn.
  TimePoint now() const;

  TimerId run_at(TimePoint when, Callback callback, void* context);
  /// Rounded up to the next 1 ms grid point (decision 17), for sleeps.
  TimerId run_after_coarse(Nanoseconds delay, Callback callback, void* context);
  void cancel(TimerId id);

  /// Wants `events` (0: none) for `fd`; differences reach epoll once a turn.
  void watch(int fd, std::uint32_t events, ReadyCallback callback, void* context);
  /// Must be called before `fd` is closed by somebody else.
  void forget(int fd);

  /// One turn: due timers, `drive` hook, epoll changes, wait at most until the next deadline, ready callbacks.
  void turn();
  /// Called every turn after timers and ready callbacks (the HttpClient's drive).
  void set_drive(Callback drive, void* context);

  /// Thread-safe: makes a waiting turn() return.
  void wake();
};

}  // namespace loadrun::net
