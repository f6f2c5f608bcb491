#pragma once

#include <cstdint>
#include <map>

#include "base/clock.h"
#include "metrics/sink.h"

namespace loadrun::metrics {

/// The longest window of a threshold, in seconds: a sink of each is kept.
constexpr std::int64_t kLongestWindow = 3600;

/// The first second that begins `since_start` after the start of the scenarios, or later.
constexpr std::int64_t first_whole_second(Nanoseconds since_start) {
  return (since_start + 1s - 1ns) / 1s;
}

/// Measurements of the last seconds, each second for itself, or of all of them in one. Confined to
/// the coordinator.
class SecondWindow {
 public:
  /// `empty` is a sink of the metric; `length` the seconds in a window, 0 for all.
  SecondWindow(Sink empty, std::int64_t length);

  /// Adds what was measured in `second`. One before the window of the newest is forgotten soon.
  void add(std::int64_t second, const Sink& sink);

  /// What the window that ends with `last` holds; all there is when it has no length. REQUIRES:
  /// nothing was added of more than a few seconds later.
  Sink until(std::int64_t last) const;

 private:
  const Sink empty_;
  const std::int64_t length_;
  std::map<std::int64_t, Sink> seconds_;  // one, under 0, when there is no length
};

}  // namespace loadrun::metrics
