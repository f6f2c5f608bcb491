#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "plan/arrivals.h"
#include "run/run_parts.h"
#include "run/scenario_activity.h"
#include "run/virtual_user.h"
#include "run/vu_supply.h"

namespace loadrun::run {

/// A worker's slice of one open scenario: starts an iteration at the instant of each of its
/// arrivals. Confined to its worker. What becomes of an arrival that is due:
///
///   a VU is free | a sibling has one | the queue is on | otherwise
///   -------------+-------------------+-----------------+----------------------------------
///   it starts    | is handed over    | waits           | is dropped; a VU is made, if one may
///
/// VUs are taken first in, first out, so that all become warm.
class ArrivalRunner {
 public:
  /// References outlive this: engine, supply and counters belong to the worker, run to the command.
  struct Parts {
    VuEngine& engine;
    VuSupply& vus;
    RunParts& run;
    std::size_t scenario;  ///< Index in the plan.
    std::uint32_t worker;
  };

  explicit ArrivalRunner(const Parts& parts);
  ArrivalRunner(const ArrivalRunner&) = delete;
  ArrivalRunner& operator=(const ArrivalRunner&) = delete;

  /// Arms the schedule. `on_finished(context)` is called once, when nothing of the scenario runs
  /// any more.
  void start(TimePoint test_start, net::Callback on_finished, void* context);
  /// Ends the scenario now; running iterations are interrupted.
  void abort();
  /// Of a capacity search: the arrivals from `piece.start` on.
  void announce(const plan::RatePiece& piece);
  /// Interrupts what runs; the scenario goes on.
  void cut_off();
  /// Nothing more starts; what runs has gracefulStop to finish.
  void end();
  /// Starts the arrival of a sibling, which reserved a VU here.
  void take_over(const plan::Arrival& arrival);

 private:
  enum class Phase { kWaiting, kRunning, kEnding, kFinished };

  /// A VU of the scenario.
  struct Seat {
    ArrivalRunner* runner = nullptr;
    VirtualUser* vu = nullptr;
    bool running = false;
    IterationStart start;
    net::TimerId pause;  ///< The rest of minIterationDuration.
  };

  void begin_soon();
  void begin();
  void arm();
  void start_due();
  void meet(const plan::Arrival& arrival);
  plan::Arrival take_next();
  void start_iteration(Seat& seat, const plan::Arrival& arrival);
  void end_iteration(Seat& seat, bool failed);
  void free_seat(Seat& seat);
  bool hand_over(const plan::Arrival& arrival);
  void grow();
  void add_seat(VirtualUser& vu);
  void end_regularly();
  void leave_due(Nanoseconds end);
  void begin_end(TimePoint end);
  void interrupt(Seat& seat);
  void finish_when_idle();
  FreeVus& own_free() { return shared_.free_vus[parts_.worker]; }

  Parts parts_;
  const plan::Scenario& scenario_;
  ScenarioShared& shared_;
  ScenarioActivity activity_;
  plan::Arrivals arrivals_;
  const bool queues_;  // late arrivals, instead of dropping them
  const std::int64_t most_seats_;
  std::optional<plan::Arrival> next_;  // the first that has not begun
  std::deque<Seat> seats_;             // addresses never change
  std::deque<Seat*> free_;
  std::int64_t busy_ = 0;
  bool growing_ = false;
  bool queueing_ = false;
  Phase phase_ = Phase::kWaiting;
  TimePoint start_{};
  net::TimerId timer_, end_timer_;
  net::Callback on_finished_ = nullptr;
  void* finished_context_ = nullptr;
};

}  // namespace loadrun::run
