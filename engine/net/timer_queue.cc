#include "net/timer_queue.h"

namespace loadrun::net {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;
constexpr std::uint32_t kDue = 0;
constexpr std::int64_t kGrid = 1'000'000;
// Sleeps of up to 4 s find their slot; longer ones may get a second slot for the same millisecond,
// which is harmless.
constexpr std::size_t kTicks = 4096;

std::size_t tick_index(TimePoint when) {
  return static_cast<std::size_t>(when.since_origin.count() / kGrid) % kTicks;
}

}  // namespace

TimerQueue::TimerQueue() : slot_of_tick_(kTicks, kNone) {
  slots_.push_back({TimePoint{}, 0, kNone, kNone, kNone});
}

TimerId TimerQueue::add(TimePoint when, Callback callback, void* context) {
  return add_to(new_slot(when), callback, context);
}

TimerId TimerQueue::add_coarse(TimePoint when, Callback callback, void* context) {
  const std::int64_t ticks = (when.since_origin.count() + kGrid - 1) / kGrid;
  const TimePoint rounded{Nanoseconds(ticks * kGrid)};
  std::uint32_t& cached = slot_of_tick_[tick_index(rounded)];
  if (cached == kNone || slots_[cached].when != rounded) cached = new_slot(rounded);
  return add_to(cached, callback, context);
}

void TimerQueue::cancel(TimerId id) {
  const auto index = static_cast<std::uint32_t>(id.value) - 1;
  if (id.value == 0 || index >= timers_.size()) return;
  const Timer& timer = timers_[index];
  if (timer.slot == kNone || timer.generation != static_cast<std::uint32_t>(id.value >> 32)) return;
  const std::uint32_t slot = timer.slot;
  unlink(index);
  release_timer(index);
  if (slot != kDue && slots_[slot].first == kNone) remove_slot(slot);
}

void TimerQueue::run_due(TimePoint now) {
  while (!heap_.empty() && slots_[heap_.front()].when <= now) move_to_due(heap_.front());
  while (slots_[kDue].first != kNone) {
    const std::uint32_t index = slots_[kDue].first;
    const Callback callback = timers_[index].callback;
    void* const context = timers_[index].context;
    unlink(index);
    release_timer(index);
    callback(context);
  }
}

std::optional<TimePoint> TimerQueue::next() const {
  if (heap_.empty()) return std::nullopt;
  return slots_[heap_.front()].when;
}

TimerId TimerQueue::add_to(std::uint32_t slot, Callback callback, void* context) {
  if (free_timers_.empty()) {
    free_timers_.push_back(static_cast<std::uint32_t>(timers_.size()));
    timers_.push_back({nullptr, nullptr, 0, kNone, kNone, kNone});
  }
  const std::uint32_t index = free_timers_.back();
  free_timers_.pop_back();
  timers_[index].callback = callback;
  timers_[index].context = context;
  append(slot, index);
  return {(std::uint64_t{timers_[index].generation} << 32) | (index + 1)};
}

void TimerQueue::append(std::uint32_t slot, std::uint32_t timer) {
  Slot& list = slots_[slot];
  timers_[timer].slot = slot;
  timers_[timer].previous = list.last;
  timers_[timer].following = kNone;
  (list.last == kNone ? list.first : timers_[list.last].following) = timer;
  list.last = timer;
}

void TimerQueue::unlink(std::uint32_t timer) {
  const Timer& t = timers_[timer];
  Slot& list = slots_[t.slot];
  (t.previous == kNone ? list.first : timers_[t.previous].following) = t.following;
  (t.following == kNone ? list.last : timers_[t.following].previous) = t.previous;
}

void TimerQueue::release_timer(std::uint32_t timer) {
  timers_[timer].slot = kNone;
  ++timers_[timer].generation;
  free_timers_.push_back(timer);
}

std::uint32_t TimerQueue::new_slot(TimePoint when) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot] = {when, next_order_++, kNone, kNone, kNone};
  heap_.push_back(slot);
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1));
  return slot;
}

void TimerQueue::remove_slot(std::uint32_t slot) {
  std::uint32_t& cached = slot_of_tick_[tick_index(slots_[slot].when)];
  if (cached == slot) cached = kNone;
  const std::uint32_t position = slots_[slot].heap_position;
  const std::uint32_t moved = heap_.back();
  heap_.pop_back();
  if (moved != slot) {
    place(position, moved);
    sift_up(position);
    sift_down(slots_[moved].heap_position);
  }
  free_slots_.push_back(slot);
}

void TimerQueue::move_to_due(std::uint32_t slot) {
  for (std::uint32_t timer = slots_[slot].first; timer != kNone;) {
    const std::uint32_t following = timers_[timer].following;
    append(kDue, timer);
    timer = following;
  }
  remove_slot(slot);
}

bool TimerQueue::before(std::uint32_t a, std::uint32_t b) const {
  if (slots_[a].when != slots_[b].when) return slots_[a].when < slots_[b].when;
  return slots_[a].order < slots_[b].order;
}

void TimerQueue::place(std::uint32_t position, std::uint32_t slot) {
  heap_[position] = slot;
  slots_[slot].heap_position = position;
}

void TimerQueue::sift_up(std::uint32_t position) {
  const std::uint32_t slot = heap_[position];
  while (position > 0 && before(slot, heap_[(position - 1) / 2])) {
    place(position, heap_[(position - 1) / 2]);
    position = (position - 1) / 2;
  }
  place(position, slot);
}

void TimerQueue::sift_down(std::uint32_t position) {
  const std::uint32_t slot = heap_[position];
  const auto size = static_cast<std::uint32_t>(heap_.size());
  for (std::uint32_t child = 2 * position + 1; child < size; child = 2 * position + 1) {
    if (child + 1 < size && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], slot)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, slot);
}

}  // namespace loadrun::net
