#include "run/rate_limit.h"

#include <algorithm>

namespace loadrun::run {
namespace {

// Rounded up: the limit holds.
Nanoseconds interval_of(std::int64_t per_second) {
  constexpr std::int64_t kSecond = Nanoseconds(1s).count();
  return Nanoseconds(kSecond / per_second + (kSecond % per_second == 0 ? 0 : 1));
}

}  // namespace

RateLimit::RateLimit(std::int64_t per_second) : interval_(interval_of(per_second)) {}

TimePoint RateLimit::take(TimePoint now) {
  const std::lock_guard lock(mutex_);
  returned_.erase(returned_.begin(), returned_.lower_bound(now));
  if (!returned_.empty()) return returned_.extract(returned_.begin()).value();
  const TimePoint slot = std::max(now, next_);
  next_ = slot + interval_;
  return slot;
}

void RateLimit::give_back(TimePoint slot) {
  const std::lock_guard lock(mutex_);
  returned_.insert(slot);
}

}  // namespace loadrun::run
