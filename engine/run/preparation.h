#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "run/run_parts.h"
#include "run/scenario_activity.h"
#include "run/virtual_user.h"

namespace loadrun::run {

/// Gets the VUs of a worker's slice ready for a common start: each calls the scenario's `prepare`
/// once, all at the same time. The start is at `startAt`; without one, as soon as the VUs of all
/// workers are through. Confined to its worker.
class Preparation {
 public:
  /// References outlive this.
  struct Parts {
    VuEngine& engine;
    ScenarioActivity& activity;
    ScenarioShared& shared;
    const std::vector<Worker*>& peers;
    std::size_t scenario;  ///< Index in the plan.
    std::uint32_t worker;
  };
  struct Listener {
    /// The VU that was added as `seat` is ready, or out: its `prepare` failed or took too long.
    void (*on_through)(void* context, std::size_t seat, bool ready);
    /// It is time: what is ready starts at `at`, which is now; who comes later starts then.
    void (*on_release)(void* context, TimePoint at);
    void* context;
  };

  Preparation(const Parts& parts, const Listener& listener);
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  /// Adds a VU, before start(); its random numbers in `prepare` are keyed by `random_key`.
  void add(VirtualUser& vu, std::uint64_t random_key);
  /// Calls everybody's `prepare`. `release` is the instant of `startAt`.
  void start(std::optional<TimePoint> release);
  /// The last worker's VUs are through: the start is at `at`.
  void release(TimePoint at);
  /// Who is not through is out.
  void expire();
  /// Ends it without a word to the listener.
  void abort();

 private:
  struct Seat {
    Preparation* preparation;
    VirtualUser* vu;
    std::size_t index;
    std::uint64_t random_key;
    bool running = false;
  };

  const plan::Stampede& stampede() const;
  void call(Seat& seat);
  void end_call(Seat& seat, bool ready);
  void arrive_when_through();
  void arrive();
  void let_go();

  Parts parts_;
  Listener listener_;
  std::deque<Seat> seats_;  // addresses never change
  std::size_t unfinished_ = 0;
  bool has_instant_ = false;  // startAt is given
  bool through_ = false;      // all VUs of this worker
  TimePoint release_{};
  net::TimerId expiry_, release_timer_;
};

}  // namespace loadrun::run
