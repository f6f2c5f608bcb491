#include "run/preparation.h"

#include <fmt/format.h>

#include "base/duration.h"
#include "base/log.h"
#include "run/vu_engine.h"
#include "run/worker.h"

namespace loadrun::run {
namespace {

/// So far ahead the last worker sets the common start, for the others to hear of it in time.
constexpr Nanoseconds kNotice = 10ms;

}  // namespace

Preparation::Preparation(const Parts& parts, const Listener& listener)
    : parts_(parts), listener_(listener) {}

const plan::Stampede& Preparation::stampede() const {
  return *plan::stampede_of(parts_.activity.scenario().executor);
}

void Preparation::add(VirtualUser& vu, std::uint64_t random_key) {
  seats_.push_back({this, &vu, seats_.size(), random_key});
}

void Preparation::start(std::optional<TimePoint> release_at) {
  net::EventLoop& loop = parts_.engine.loop();
  expiry_ = loop.run_at(
      parts_.engine.now() + stampede().prepare_timeout,
      [](void* self) { static_cast<Preparation*>(self)->expire(); }, this);
  has_instant_ = release_at.has_value();
  if (release_at) release(*release_at);
  unfinished_ = seats_.size();
  for (Seat& seat : seats_) {
    seat.running = true;
    parts_.engine.defer(
        [](void* context) {
          auto& called = *static_cast<Seat*>(context);
          if (called.running) called.preparation->call(called);
        },
        &seat);
  }
  arrive_when_through();
}

void Preparation::call(Seat& seat) {
  parts_.activity.prepare(*seat.vu, seat.random_key,
                          {[](void* context, VirtualUser&, bool failed) {
                             auto& ended = *static_cast<Seat*>(context);
                             Preparation& self = *ended.preparation;
                             if (failed) self.parts_.activity.log_failure(*ended.vu);
                             self.end_call(ended, !failed);
                           },
                           &seat});
}

void Preparation::end_call(Seat& seat, bool ready) {
  seat.running = false;
  --unfinished_;
  parts_.activity.end_preparation(*seat.vu, ready);
  if (!ready) parts_.shared.unprepared_vus.fetch_add(1, std::memory_order_relaxed);
  listener_.on_through(listener_.context, seat.index, ready);
  arrive_when_through();
}

void Preparation::expire() {
  for (Seat& seat : seats_) {
    if (!seat.running) continue;
    parts_.engine.interrupt(*seat.vu);
    end_call(seat, false);
  }
}

void Preparation::arrive_when_through() {
  if (unfinished_ > 0 || std::exchange(through_, true)) return;
  parts_.engine.loop().cancel(expiry_);
  if (parts_.shared.preparing_workers.fetch_sub(1, std::memory_order_acq_rel) == 1) arrive();
}

/// All VUs of all workers are through.
void Preparation::arrive() {
  const plan::Scenario& scenario = parts_.activity.scenario();
  const std::int64_t out = parts_.shared.unprepared_vus.load(std::memory_order_relaxed);
  if (out > 0) {
    log_warning("scenario {}: {} of {} VUs are out: {}() failed or took longer than {}",
                scenario.name, out, plan::max_vus(scenario), stampede().prepare,
                format_duration(stampede().prepare_timeout));
  }
  if (has_instant_) return;
  const TimePoint at = parts_.engine.now() + kNotice;
  for (std::uint32_t i = 0; i < parts_.peers.size(); ++i) {
    if (i == parts_.worker) continue;
    parts_.peers[i]->post({.kind = Command::Kind::kRelease, .at = at, .scenario = parts_.scenario});
  }
  release(at);
}

void Preparation::release(TimePoint at) {
  release_ = at;
  release_timer_ = parts_.engine.loop().run_at(
      at, [](void* self) { static_cast<Preparation*>(self)->let_go(); }, this);
}

void Preparation::let_go() {
  if (unfinished_ > 0) {
    log_warning("scenario {}: {} VUs of worker {} still prepare at the start; they follow",
                parts_.activity.scenario().name, unfinished_, parts_.worker);
  }
  listener_.on_release(listener_.context, release_);
}

void Preparation::abort() {
  parts_.engine.loop().cancel(expiry_);
  parts_.engine.loop().cancel(release_timer_);
  for (Seat& seat : seats_) {
    if (std::exchange(seat.running, false)) parts_.engine.interrupt(*seat.vu);
  }
}

}  // namespace loadrun::run
