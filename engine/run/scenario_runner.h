#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "metrics/shard.h"
#include "plan/plan.h"
#include "plan/schedule.h"
#include "run/preparation.h"
#include "run/run_parts.h"
#include "run/scenario_activity.h"
#include "run/virtual_user.h"
#include "run/vu_supply.h"

namespace loadrun::run {

/// A worker's slice of one closed scenario: brings its VUs to the planned number, step by step, and
/// keeps them iterating. Confined to its worker. Each VU of the slice is a slot:
///
///   state     | start                | stop                   | call ended       | interrupt
///   ----------+----------------------+------------------------+------------------+----------
///   idle      | takes a VU: looping  | -                      | bug              | -
///   preparing | -                    | -                      | ready, or out    | out
///   ready     | looping              | -                      | bug              | out
///   looping   | -                    | leaving, with deadline | next, or idle    | idle
///   leaving   | looping, no deadline | -                      | idle             | idle
///   out       | -                    | -                      | bug              | -
///
/// In a stampede, VUs are taken before their common start, and the schedule begins with it; one
/// that is ready later starts at once.
class ScenarioRunner {
 public:
  /// References outlive this: engine, supply and counters belong to the worker, shared to the run.
  struct Parts {
    VuEngine& engine;
    VuSupply& vus;
    RunParts& run;
    std::size_t scenario;  ///< Index in the plan.
    plan::Striping striping;
    std::uint32_t worker;
    ScenarioShared& shared;
    LiveCounters& live;
  };

  explicit ScenarioRunner(const Parts& parts);
  ScenarioRunner(const ScenarioRunner&) = delete;
  ScenarioRunner& operator=(const ScenarioRunner&) = delete;

  /// Arms the schedule. `on_finished(context)` is called once, when nothing of the scenario runs
  /// any more.
  void start(TimePoint test_start, net::Callback on_finished, void* context);
  /// Ends the scenario now; running iterations are interrupted.
  void abort();
  /// The VUs of all workers are prepared; they start at `at`.
  void release(TimePoint at);
  bool finished() const { return phase_ == Phase::kFinished; }

 private:
  enum class Phase { kWaiting, kRunning, kEnding, kFinished };
  enum class SlotState { kIdle, kPreparing, kReady, kLooping, kLeaving, kOut };

  struct Slot {
    ScenarioRunner* runner = nullptr;
    std::int64_t index = 0;  ///< In the instance, among the scenario's VUs.
    SlotState state = SlotState::kIdle;
    bool start_queued = false;
    bool running = false;
    VirtualUser* vu = nullptr;
    std::int64_t iterations = 0;
    IterationStart start;
    std::optional<TimePoint> due;  ///< With pacing: the intended start of its next iteration.
    net::TimerId deadline;         ///< Of a leaving one.
    net::TimerId pause;            ///< Before its next iteration.
    bool pausing = false;
  };

  void begin_preparation();
  void end_preparation(Slot& slot, bool ready);
  static void on_through(void* runner, std::size_t slot, bool ready);
  static void on_release(void* runner, TimePoint at);
  std::uint64_t random_key(const Slot& slot) const;
  std::optional<TimePoint> release_instant() const;
  void take_vu(Slot& slot, SlotState state);
  void arm_next_step();
  void apply_due_steps();
  void set_target(std::int64_t target);
  void end_regularly();
  void start_slot(Slot& slot);
  void stop_slot(Slot& slot, Nanoseconds grace);
  void interrupt_slot(Slot& slot);
  void release_slot(Slot& slot);
  void queue_start(Slot& slot);
  void pause(Slot& slot, Nanoseconds rest);
  void end_pause(Slot& slot);
  void begin_iteration(Slot& slot);
  std::optional<TimePoint> intended_start(const Slot& slot, TimePoint now) const;
  Nanoseconds rest_after(const Slot& slot, TimePoint now, bool failed) const;
  void end_iteration(Slot& slot, bool failed);
  bool claim(Slot& slot, script::Iteration& iteration);
  void number(script::Iteration& iteration, std::int64_t in_instance) const;
  void finish_when_idle();
  void record_dropped();

  Parts parts_;
  const plan::Scenario& scenario_;
  const plan::Stripes stripes_;           // of its iterations, over all instances
  const std::int64_t shared_iterations_;  // of this instance; 0: not shared
  ScenarioActivity activity_;
  std::optional<Preparation> preparation_;
  const bool starts_together_;       // in a stampede, whose start can be missed
  std::vector<plan::VuStep> steps_;  // the worker's share; the last one is the regular end
  std::size_t next_step_ = 0;
  std::vector<Slot> slots_;
  std::int64_t target_ = 0;  // so many slots loop; the first ones
  std::int64_t busy_slots_ = 0;
  std::int64_t started_ = 0;  // iterations of this slice
  Phase phase_ = Phase::kWaiting;
  TimePoint test_start_{};
  TimePoint start_{};  // of the schedule
  net::TimerId step_timer_, end_timer_;
  net::Callback on_finished_ = nullptr;
  void* finished_context_ = nullptr;
};

}  // namespace loadrun::run
