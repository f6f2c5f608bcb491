#include "run/arrival_runner.h"

#include <utility>

#include "base/log.h"
#include "plan/overloaded.h"
#include "plan/schedule.h"
#include "run/vu_engine.h"
#include "run/worker.h"

namespace loadrun::run {
namespace {

plan::LateStart late_start(const plan::Executor& executor) {
  return std::visit(
      plan::Overloaded{[](const plan::ConstantArrivalRate& e) { return e.late_start; },
                       [](const plan::RampingArrivalRate& e) { return e.late_start; },
                       [](const auto&) { return plan::LateStart::kDrop; }},
      executor);
}

}  // namespace

ArrivalRunner::ArrivalRunner(const Parts& parts)
    : parts_(parts),
      scenario_(parts.run.plan.scenarios[parts.scenario]),
      shared_(parts.run.scenarios[parts.scenario]),
      activity_(parts.engine, parts.run.plan, parts.scenario,
                parts.run.live.worker(parts.worker).scenarios[parts.scenario]),
      arrivals_(scenario_, {.striping = parts.run.stripings[parts.scenario],
                            .worker = parts.worker,
                            .seed = parts.engine.seed(),
                            .scenario = parts.scenario}),
      queues_(late_start(scenario_.executor) == plan::LateStart::kQueue),
      most_seats_(
          parts.run.stripings[parts.scenario].share(plan::max_vus(scenario_), parts.worker)) {}

void ArrivalRunner::start(TimePoint test_start, net::Callback on_finished, void* context) {
  on_finished_ = on_finished;
  finished_context_ = context;
  start_ = test_start + scenario_.start_time;
  if (most_seats_ == 0) return abort();  // nothing of the scenario is here
  timer_ = parts_.engine.loop().run_at(
      start_, [](void* self) { static_cast<ArrivalRunner*>(self)->begin_soon(); }, this);
}

/// After all timers of this instant: a scenario that ends now leaves its VUs to this one.
void ArrivalRunner::begin_soon() {
  parts_.engine.defer(
      [](void* context) {
        auto& self = *static_cast<ArrivalRunner*>(context);
        if (self.phase_ == Phase::kWaiting) self.begin();
      },
      this);
}

void ArrivalRunner::begin() {
  phase_ = Phase::kRunning;
  const plan::Striping& striping = parts_.run.stripings[parts_.scenario];
  const std::int64_t prepared =
      striping.share(plan::reserved_vu_steps(scenario_).front().vus, parts_.worker);
  for (std::int64_t i = 0; i < prepared; ++i) {
    if (VirtualUser* vu = parts_.vus.idle() > 0 ? &parts_.vus.take() : parts_.vus.more()) {
      add_seat(*vu);
    }
  }
  end_timer_ = parts_.engine.loop().run_at(
      start_ + plan::regular_duration(scenario_),
      [](void* self) { static_cast<ArrivalRunner*>(self)->end_regularly(); }, this);
  next_ = arrivals_.next();
  start_due();
}

void ArrivalRunner::arm() {
  if (!next_) return;
  timer_ = parts_.engine.loop().run_at(
      start_ + next_->at, [](void* self) { static_cast<ArrivalRunner*>(self)->start_due(); }, this);
}

/// Everything that is due now. With the queue on, an arrival that no VU is free for stays the next
/// one, and whoever becomes free takes it.
void ArrivalRunner::start_due() {
  if (phase_ != Phase::kRunning) return;
  const Nanoseconds elapsed = parts_.engine.now() - start_;
  queueing_ = false;
  while (next_ && next_->at <= elapsed && !queueing_) meet(*next_);
  if (!queueing_) arm();
}

void ArrivalRunner::meet(const plan::Arrival& arrival) {
  activity_.enter_probe(arrival.probe, arrival.probe_rate);
  if (own_free().take()) {
    Seat& seat = *free_.front();
    free_.pop_front();
    return start_iteration(seat, take_next());
  }
  if (hand_over(arrival)) {
    take_next();
    return;
  }
  grow();
  if (queues_) {
    queueing_ = true;
  } else {
    take_next();
    activity_.refuse();
  }
}

plan::Arrival ArrivalRunner::take_next() {
  activity_.intend(1);
  return *std::exchange(next_, arrivals_.next());
}

void ArrivalRunner::start_iteration(Seat& seat, const plan::Arrival& arrival) {
  seat.running = true;
  seat.start = {.at = parts_.engine.now(), .intended = start_ + arrival.at};
  ++busy_;
  activity_.enter_probe(arrival.probe, arrival.probe_rate);
  activity_.tag_with_probe(*seat.vu);
  activity_.begin(*seat.vu,
                  {.random_key = static_cast<std::uint64_t>(arrival.in_test),
                   .in_instance = static_cast<std::uint64_t>(arrival.in_instance),
                   .in_test = static_cast<std::uint64_t>(arrival.in_test)},
                  seat.start,
                  {[](void* context, VirtualUser&, bool failed) {
                     auto& ended = *static_cast<Seat*>(context);
                     ended.runner->end_iteration(ended, failed);
                   },
                   &seat});
}

void ArrivalRunner::end_iteration(Seat& seat, bool failed) {
  const TimePoint now = parts_.engine.now();
  seat.running = false;
  --busy_;
  const bool complete = activity_.end(*seat.vu, seat.start, now, failed);
  const Nanoseconds rest = seat.start.at + parts_.run.plan.min_iteration_duration - now;
  if (complete && !failed && rest > 0ns && phase_ == Phase::kRunning) {
    seat.pause = parts_.engine.loop().run_at(
        now + rest,
        [](void* context) {
          auto& paused = *static_cast<Seat*>(context);
          paused.runner->free_seat(paused);
        },
        &seat);
  } else {
    free_seat(seat);
  }
}

void ArrivalRunner::free_seat(Seat& seat) {
  free_.push_back(&seat);
  own_free().add();
  if (queueing_) start_due();
  finish_when_idle();
}

/// Gives the arrival to a sibling with a free VU, which is reserved.
bool ArrivalRunner::hand_over(const plan::Arrival& arrival) {
  const std::uint32_t workers = parts_.run.workers;
  for (std::uint32_t i = 1; i < workers; ++i) {
    const std::uint32_t sibling = (parts_.worker + i) % workers;
    if (!shared_.free_vus[sibling].take()) continue;
    parts_.run.peers[sibling]->post(
        {.kind = Command::Kind::kTakeOver, .scenario = parts_.scenario, .arrival = arrival});
    return true;
  }
  return false;
}

/// A reserved VU is free until the sibling's message comes, unless the scenario ended meanwhile.
void ArrivalRunner::take_over(const plan::Arrival& arrival) {
  if (phase_ != Phase::kRunning && queues_) {
    return activity_.leave_waiting(1, parts_.engine.now() - start_ - arrival.at);
  }
  if (phase_ != Phase::kRunning) return activity_.refuse();
  Seat& seat = *free_.front();
  free_.pop_front();
  start_iteration(seat, arrival);
}

/// One more VU, made when the loop has done what is due.
void ArrivalRunner::grow() {
  if (growing_) return;
  if (static_cast<std::int64_t>(seats_.size()) >= most_seats_) {
    if (shared_.insufficient.exchange(true)) return;
    log_warning("Insufficient VUs, reached {} active VUs and cannot initialize more (scenario {})",
                plan::max_vus(scenario_), scenario_.name);
    return;
  }
  growing_ = true;
  parts_.engine.defer(
      [](void* context) {
        auto& self = *static_cast<ArrivalRunner*>(context);
        self.growing_ = false;
        if (self.phase_ != Phase::kRunning) return;
        if (VirtualUser* vu = self.parts_.vus.more()) self.add_seat(*vu);
      },
      this);
}

void ArrivalRunner::add_seat(VirtualUser& vu) {
  activity_.activate(vu);
  Seat& seat = seats_.emplace_back();
  seat.runner = this;
  seat.vu = &vu;
  free_seat(seat);
}

void ArrivalRunner::announce(const plan::RatePiece& piece) {
  arrivals_.announce(piece);
  if (phase_ != Phase::kRunning) return;
  if (next_ && next_->at < piece.start) return;
  parts_.engine.loop().cancel(timer_);
  next_ = arrivals_.next();
  start_due();
}

void ArrivalRunner::cut_off() {
  if (phase_ != Phase::kRunning) return;
  for (Seat& seat : seats_) {
    if (!seat.running) continue;
    interrupt(seat);
    free_seat(seat);
  }
}

void ArrivalRunner::interrupt(Seat& seat) {
  seat.running = false;
  --busy_;
  activity_.interrupt(*seat.vu);
}

void ArrivalRunner::end() {
  if (phase_ != Phase::kRunning) return;
  parts_.engine.loop().cancel(end_timer_);
  begin_end(parts_.engine.now());
}

/// Nothing new starts after what is due at this instant; what runs has gracefulStop to finish.
void ArrivalRunner::end_regularly() { begin_end(start_ + plan::regular_duration(scenario_)); }

void ArrivalRunner::begin_end(TimePoint end) {
  start_due();
  phase_ = Phase::kEnding;
  parts_.engine.loop().cancel(timer_);
  leave_due(end - start_);
  if (scenario_.graceful_stop <= 0ns) return abort();
  end_timer_ = parts_.engine.loop().run_at(
      end + scenario_.graceful_stop, [](void* self) { static_cast<ArrivalRunner*>(self)->abort(); },
      this);
  finish_when_idle();
}

/// What waited in the queue at its end: the first of it waited longest.
void ArrivalRunner::leave_due(Nanoseconds end) {
  if (!next_ || next_->at > end) return;
  const Nanoseconds longest = end - next_->at;
  std::int64_t count = 0;
  for (; next_ && next_->at <= end; ++count) take_next();
  activity_.leave_waiting(count, longest);
}

void ArrivalRunner::abort() {
  if (phase_ == Phase::kFinished) return;
  if (phase_ == Phase::kRunning && queueing_) leave_due(parts_.engine.now() - start_);
  phase_ = Phase::kEnding;
  for (Seat& seat : seats_) {
    if (seat.running) interrupt(seat);
  }
  finish_when_idle();
}

void ArrivalRunner::finish_when_idle() {
  if (phase_ != Phase::kEnding || busy_ > 0) return;
  phase_ = Phase::kFinished;
  shared_.unfinished.fetch_sub(1, std::memory_order_acq_rel);
  parts_.engine.loop().cancel(timer_);
  parts_.engine.loop().cancel(end_timer_);
  for (Seat& seat : seats_) {
    parts_.engine.loop().cancel(seat.pause);
    activity_.deactivate();
    parts_.vus.give(*seat.vu);
  }
  on_finished_(finished_context_);
}

}  // namespace loadrun::run
