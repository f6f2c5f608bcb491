#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace loadrun {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): 10ms reads as time
                                       // everywhere.

using Nanoseconds = std::chrono::nanoseconds;

/// An instant on the monotonic clock, in nanoseconds since an arbitrary origin.
struct TimePoint {
  Nanoseconds since_origin{0};

  auto operator<=>(const TimePoint&) const = default;
  friend TimePoint operator+(TimePoint t, Nanoseconds d) { return {t.since_origin + d}; }
  friend TimePoint operator-(TimePoint t, Nanoseconds d) { return {t.since_origin - d}; }
  friend Nanoseconds operator-(TimePoint a, TimePoint b) { return a.since_origin - b.since_origin; }
};

/// Milliseconds with their fraction: the unit in which time metrics are recorded and shown.
constexpr double to_milliseconds(Nanoseconds d) { return static_cast<double>(d.count()) / 1e6; }
constexpr double to_seconds(Nanoseconds d) { return static_cast<double>(d.count()) / 1e9; }

/// The only source of time. Thread-safe. Unit tests pass a virtual one
/// (tests/support/manual_clock.h).
class Clock {
 public:
  virtual ~Clock() = default;
  /// Monotonic; never steps.
  virtual TimePoint now() const = 0;
  /// Time of day since the Unix epoch; may step.
  virtual Nanoseconds wall() const = 0;
};

/// The machine's clocks (CLOCK_MONOTONIC, CLOCK_REALTIME).
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  Nanoseconds wall() const override;
};

}  // namespace loadrun
