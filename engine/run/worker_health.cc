#include "run/worker_health.h"

#include <algorithm>
#include <utility>

namespace loadrun::run {
namespace {

// A process that is stopped while a loop waits shows as lateness of the loop's next timer: so there
// is one that often.
constexpr Nanoseconds kHeartbeat = 100ms;

// What there was of a second may be too short for a share of it to say anything.
constexpr Nanoseconds kLeastPart = net::LoopProbe::kShortestRest;

/// What was noted in a rest that belongs to the second before it.
void add_rest(metrics::WorkerSecond& second, metrics::WorkerSecond rest) {
  if (rest.longest_slice > second.longest_slice) {
    second.longest_slice = rest.longest_slice;
    second.slice_place = std::move(rest.slice_place);
  }
  second.gc_steps += rest.gc_steps;
  second.dropped += rest.dropped;
  second.iteration_lag = std::max(second.iteration_lag, rest.iteration_lag);
}

}  // namespace

void WorkerHealth::start(std::uint32_t worker, TimePoint origin) {
  worker_ = worker;
  counted_ = collections_.value();
  loop_.probe().start(origin);
  keep_awake();
}

void WorkerHealth::stop() {
  if (!running()) return;
  const std::int64_t last = loop_.probe().stop(loop_.clock().now());
  if (noted_.empty() || noted_.back().second == last) return;
  metrics::WorkerSecond rest = std::move(noted_.back());
  noted_.pop_back();
  if (rest.second < last) return noted_.push_back(std::move(rest));
  if (noted_.empty() || noted_.back().second != last) {
    noted_.push_back({.worker = worker_, .second = last});
  }
  add_rest(noted_.back(), std::move(rest));
}

void WorkerHealth::keep_awake() {
  if (!running()) return;
  loop_.run_after_coarse(
      kHeartbeat, [](void* self) { static_cast<WorkerHealth*>(self)->keep_awake(); }, this);
}

metrics::WorkerSecond& WorkerHealth::current() {
  const std::int64_t second = loop_.probe().second();
  if (noted_.empty() || noted_.back().second != second) {
    noted_.push_back({.worker = worker_, .second = second});
  }
  return noted_.back();
}

void WorkerHealth::began_late(Nanoseconds lag) {
  if (!running()) return;
  metrics::WorkerSecond& second = current();
  second.iteration_lag = std::max(second.iteration_lag, lag);
}

void WorkerHealth::dropped(std::int64_t count) {
  if (running()) current().dropped += count;
}

void WorkerHealth::ran(const script::Task& task, Nanoseconds slice) {
  if (!running()) return;
  const bool is_long = slice >= kLongSlice;
  if (is_long) loop_.probe().go_on_to(loop_.clock().now());
  metrics::WorkerSecond& second = current();
  second.gc_steps += collections_.value() - counted_;
  counted_ = collections_.value();
  if (slice <= second.longest_slice) return;
  second.longest_slice = slice;
  if (is_long) second.slice_place = task.place();
}

std::vector<metrics::WorkerSecond> WorkerHealth::take() {
  std::vector<metrics::WorkerSecond> over;
  for (const net::LoopSecond& loop : loop_.probe().take()) {
    metrics::WorkerSecond& second =
        over.emplace_back(metrics::WorkerSecond{.worker = worker_, .second = loop.second});
    if (!noted_.empty() && noted_.front().second == loop.second) {
      second = std::move(noted_.front());
      noted_.pop_front();
    }
    second.busy = to_seconds(loop.busy) / to_seconds(std::max(loop.length, kLeastPart));
    second.longest_turn = loop.longest_turn;
    second.timer_lateness = loop.timer_lateness;
  }
  return over;
}

}  // namespace loadrun::run
