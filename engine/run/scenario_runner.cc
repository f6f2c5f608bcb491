#include "run/scenario_runner.h"

#include <algorithm>

#include "base/duration.h"
#include "base/log.h"
#include "run/vu_engine.h"

namespace loadrun::run {
namespace {

std::vector<plan::VuStep> local_steps(const plan::Scenario& scenario,
                                      const plan::Striping& striping, std::uint32_t worker) {
  std::vector<plan::VuStep> steps = plan::vu_steps(scenario);
  for (plan::VuStep& step : steps) step.vus = striping.share(step.vus, worker);
  return steps;
}

bool starts_together(const plan::Scenario& scenario) {
  return plan::prepares(scenario) || plan::release_at(scenario, 0ns);
}

bool bound_by_sharing(const plan::Executor& executor) {
  return std::holds_alternative<plan::SharedIterations>(executor);
}

bool bound_by_iterations(const plan::Executor& executor) {
  return std::holds_alternative<plan::SharedIterations>(executor) ||
         std::holds_alternative<plan::PerVuIterations>(executor);
}

}  // namespace

ScenarioRunner::ScenarioRunner(const Parts& parts)
    : parts_(parts),
      scenario_(parts.run.plan.scenarios[parts.scenario]),
      stripes_(plan::iteration_stripes(scenario_)),
      shared_iterations_(bound_by_sharing(scenario_.executor) ? plan::shared_iterations(scenario_)
                                                              : 0),
      activity_(parts.engine, parts.run.plan, parts.scenario, parts.live),
      starts_together_(starts_together(scenario_)),
      steps_(local_steps(scenario_, parts.striping, parts.worker)),
      slots_(
          static_cast<std::size_t>(parts.striping.share(plan::max_vus(scenario_), parts.worker))) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].runner = this;
    slots_[i].index = parts.striping.global_index(static_cast<std::int64_t>(i), parts.worker);
  }
}

void ScenarioRunner::start(TimePoint test_start, net::Callback on_finished, void* context) {
  on_finished_ = on_finished;
  finished_context_ = context;
  test_start_ = test_start;
  start_ = test_start + scenario_.start_time;
  if (!plan::prepares(scenario_)) {
    if (slots_.empty()) return abort();  // nothing of the scenario is here
    start_ = release_instant().value_or(start_);
    return arm_next_step();
  }
  step_timer_ = parts_.engine.loop().run_at(
      start_, [](void* self) { static_cast<ScenarioRunner*>(self)->begin_preparation(); }, this);
}

std::optional<TimePoint> ScenarioRunner::release_instant() const {
  const auto after_start = plan::release_at(scenario_, parts_.run.times.scenarios_wall);
  if (!after_start) return std::nullopt;
  if (*after_start < 0ns) {
    log_warning("scenario {}: startAt has passed by {} when the scenarios start", scenario_.name,
                format_duration(-*after_start));
  }
  return test_start_ + *after_start;
}

void ScenarioRunner::begin_preparation() {
  preparation_.emplace(Preparation::Parts{parts_.engine, activity_, parts_.shared, parts_.run.peers,
                                          parts_.scenario, parts_.worker},
                       Preparation::Listener{on_through, on_release, this});
  constexpr std::uint64_t kBeforeIterations = std::uint64_t{1} << 63;
  for (Slot& slot : slots_) {
    take_vu(slot, SlotState::kPreparing);
    preparation_->add(*slot.vu, kBeforeIterations + random_key(slot));
  }
  preparation_->start(release_instant());
  finish_when_idle();
}

void ScenarioRunner::on_through(void* runner, std::size_t slot, bool ready) {
  auto& self = *static_cast<ScenarioRunner*>(runner);
  self.end_preparation(self.slots_[slot], ready);
}

void ScenarioRunner::on_release(void* runner, TimePoint at) {
  auto& self = *static_cast<ScenarioRunner*>(runner);
  if (self.phase_ != Phase::kWaiting) return;  // it ended while its VUs prepared
  self.start_ = at;
  self.apply_due_steps();
}

void ScenarioRunner::end_preparation(Slot& slot, bool ready) {
  if (!ready) {
    release_slot(slot);
    slot.state = SlotState::kOut;
    return finish_when_idle();
  }
  slot.state = SlotState::kReady;
  if (phase_ == Phase::kRunning) start_slot(slot);
}

void ScenarioRunner::release(TimePoint at) {
  if (phase_ == Phase::kWaiting) preparation_->release(at);
}

void ScenarioRunner::arm_next_step() {
  if (next_step_ == steps_.size()) return;
  step_timer_ = parts_.engine.loop().run_at(
      start_ + steps_[next_step_].at,
      [](void* self) { static_cast<ScenarioRunner*>(self)->apply_due_steps(); }, this);
}

void ScenarioRunner::apply_due_steps() {
  phase_ = Phase::kRunning;
  const Nanoseconds elapsed = parts_.engine.now() - start_;
  while (next_step_ < steps_.size() && steps_[next_step_].at <= elapsed) {
    const bool is_end = next_step_ + 1 == steps_.size();
    set_target(steps_[next_step_++].vus);
    if (is_end) return end_regularly();
  }
  arm_next_step();
}

/// Slots below `target` loop; the ones above leave: with gracefulRampDown when a stage takes them
/// out, with gracefulStop when the scenario is over.
void ScenarioRunner::set_target(std::int64_t target) {
  const auto* ramping = std::get_if<plan::RampingVus>(&scenario_.executor);
  const bool is_ramp =
      ramping != nullptr && (next_step_ < steps_.size() || ramping->stages.back().target == 0);
  const Nanoseconds grace = is_ramp ? ramping->graceful_ramp_down : scenario_.graceful_stop;
  for (std::int64_t i = target_; i < target; ++i) start_slot(slots_[static_cast<std::size_t>(i)]);
  for (std::int64_t i = target; i < target_; ++i) {
    stop_slot(slots_[static_cast<std::size_t>(i)], grace);
  }
  target_ = target;
}

/// The schedule is over: what still runs has gracefulStop to finish, whatever deadline it had.
void ScenarioRunner::end_regularly() {
  phase_ = Phase::kEnding;
  if (preparation_) preparation_->expire();
  end_timer_ = parts_.engine.loop().run_at(
      start_ + steps_.back().at + scenario_.graceful_stop,
      [](void* self) { static_cast<ScenarioRunner*>(self)->abort(); }, this);
  finish_when_idle();
}

void ScenarioRunner::abort() {
  if (phase_ == Phase::kFinished) return;
  phase_ = Phase::kEnding;
  if (preparation_) preparation_->abort();
  for (Slot& slot : slots_) interrupt_slot(slot);
  finish_when_idle();
}

void ScenarioRunner::start_slot(Slot& slot) {
  if (slot.state == SlotState::kLeaving) {
    parts_.engine.loop().cancel(slot.deadline);
    slot.state = SlotState::kLooping;
  } else if (slot.state == SlotState::kReady) {
    slot.state = SlotState::kLooping;
    queue_start(slot);
  } else if (slot.state == SlotState::kIdle) {
    take_vu(slot, SlotState::kLooping);
    queue_start(slot);
  }
}

void ScenarioRunner::take_vu(Slot& slot, SlotState state) {
  slot.vu = &parts_.vus.take();  // the worker made as many VUs as the plan reserves
  slot.state = state;
  activity_.activate(*slot.vu);
  ++busy_slots_;
}

void ScenarioRunner::stop_slot(Slot& slot, Nanoseconds grace) {
  if (slot.state != SlotState::kLooping) return;
  slot.state = SlotState::kLeaving;
  slot.deadline = parts_.engine.loop().run_at(
      parts_.engine.now() + grace,
      [](void* context) {
        auto& leaving = *static_cast<Slot*>(context);
        leaving.runner->interrupt_slot(leaving);
        leaving.runner->finish_when_idle();
      },
      &slot);
  end_pause(slot);
}

void ScenarioRunner::interrupt_slot(Slot& slot) {
  if (slot.vu == nullptr) return;
  end_pause(slot);
  if (slot.running) {
    slot.running = false;
    activity_.interrupt(*slot.vu);
  }
  release_slot(slot);
}

void ScenarioRunner::release_slot(Slot& slot) {
  parts_.engine.loop().cancel(slot.deadline);
  slot.deadline = {};
  slot.due.reset();
  slot.state = SlotState::kIdle;
  activity_.deactivate();
  parts_.vus.give(*slot.vu);
  slot.vu = nullptr;
  --busy_slots_;
}

void ScenarioRunner::queue_start(Slot& slot) {
  if (slot.start_queued) return;
  slot.start_queued = true;
  parts_.engine.defer(
      [](void* context) {
        auto& queued = *static_cast<Slot*>(context);
        queued.start_queued = false;
        queued.runner->begin_iteration(queued);
      },
      &slot);
}

void ScenarioRunner::begin_iteration(Slot& slot) {
  if (slot.state == SlotState::kIdle || slot.running) return;
  script::Iteration iteration;
  if (slot.state == SlotState::kLeaving || !claim(slot, iteration)) {
    release_slot(slot);
    return finish_when_idle();
  }
  if (!bound_by_iterations(scenario_.executor)) activity_.intend(1);
  slot.running = true;
  const TimePoint now = parts_.engine.now();
  slot.start = {.at = now, .intended = intended_start(slot, now)};
  if (scenario_.pacing > 0ns) slot.due = *slot.start.intended + scenario_.pacing;
  ++slot.iterations;
  ++started_;
  activity_.begin(*slot.vu, iteration, slot.start,
                  {[](void* context, VirtualUser&, bool failed) {
                     auto& ended = *static_cast<Slot*>(context);
                     ended.runner->end_iteration(ended, failed);
                   },
                   &slot});
}

/// None when the schedule has none: a VU that loops starts when it has finished.
std::optional<TimePoint> ScenarioRunner::intended_start(const Slot& slot, TimePoint now) const {
  if (starts_together_ && slot.iterations == 0) return start_;
  if (scenario_.pacing > 0ns) return slot.due.value_or(now);
  return std::nullopt;
}

/// Whether the slot may start one more iteration, and its numbers in the scenario. Looping VUs key
/// their random numbers by slot, so that these do not depend on who was faster.
bool ScenarioRunner::claim(Slot& slot, script::Iteration& iteration) {
  if (bound_by_sharing(scenario_.executor)) {
    const std::int64_t next = parts_.shared.claimed.fetch_add(1, std::memory_order_relaxed);
    number(iteration, next);
    iteration.random_key = iteration.in_test;
    return next < shared_iterations_;
  }
  iteration.random_key = random_key(slot);
  number(iteration, parts_.striping.global_index(started_, parts_.worker));
  const auto* per_vu = std::get_if<plan::PerVuIterations>(&scenario_.executor);
  return per_vu == nullptr || slot.iterations < per_vu->iterations;
}

std::uint64_t ScenarioRunner::random_key(const Slot& slot) const {
  return (static_cast<std::uint64_t>(scenario_.tuple.stripes().global_index(slot.index)) << 32) +
         static_cast<std::uint64_t>(slot.iterations);
}

void ScenarioRunner::number(script::Iteration& iteration, std::int64_t in_instance) const {
  iteration.in_instance = static_cast<std::uint64_t>(in_instance);
  iteration.in_test = static_cast<std::uint64_t>(stripes_.global_index(in_instance));
}

void ScenarioRunner::end_iteration(Slot& slot, bool failed) {
  const TimePoint now = parts_.engine.now();
  slot.running = false;
  if (!activity_.end(*slot.vu, slot.start, now, failed)) return release_slot(slot);
  const Nanoseconds rest = rest_after(slot, now, failed);
  if (rest > 0ns && slot.state == SlotState::kLooping) {
    pause(slot, rest);
  } else {
    queue_start(slot);
  }
}

/// As in k6, minIterationDuration holds for complete iterations; a pace is kept in any case.
Nanoseconds ScenarioRunner::rest_after(const Slot& slot, TimePoint now, bool failed) const {
  const TimePoint earliest = failed ? now : slot.start.at + parts_.run.plan.min_iteration_duration;
  return std::max(earliest, slot.due.value_or(now)) - now;
}

void ScenarioRunner::pause(Slot& slot, Nanoseconds rest) {
  slot.pausing = true;
  slot.pause = parts_.engine.loop().run_at(
      parts_.engine.now() + rest,
      [](void* context) {
        auto& paused = *static_cast<Slot*>(context);
        paused.runner->end_pause(paused);
      },
      &slot);
}

void ScenarioRunner::end_pause(Slot& slot) {
  if (!std::exchange(slot.pausing, false)) return;
  parts_.engine.loop().cancel(slot.pause);
  queue_start(slot);
}

void ScenarioRunner::finish_when_idle() {
  if (phase_ == Phase::kFinished || busy_slots_ > 0) return;
  if (phase_ != Phase::kEnding && !bound_by_iterations(scenario_.executor)) return;
  phase_ = Phase::kFinished;
  parts_.engine.loop().cancel(step_timer_);
  parts_.engine.loop().cancel(end_timer_);
  record_dropped();
  on_finished_(finished_context_);
}

/// Iterations that were planned and never started; of shared ones, the last runner knows.
void ScenarioRunner::record_dropped() {
  std::int64_t dropped = 0;
  const bool is_last = parts_.shared.unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1;
  if (bound_by_sharing(scenario_.executor)) {
    const std::int64_t claimed = parts_.shared.claimed.load(std::memory_order_relaxed);
    dropped = is_last ? std::max<std::int64_t>(shared_iterations_ - claimed, 0) : 0;
    if (is_last) activity_.intend(shared_iterations_);
  } else if (const auto* per_vu = std::get_if<plan::PerVuIterations>(&scenario_.executor)) {
    for (const Slot& slot : slots_) dropped += per_vu->iterations - slot.iterations;
    activity_.intend(per_vu->iterations * static_cast<std::int64_t>(slots_.size()));
  }
  activity_.drop(dropped);
}

}  // namespace loadrun::run
