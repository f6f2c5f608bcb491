#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/executor.h"
#include "plan/wide.h"

namespace loadrun::plan {

/// How many arrivals an arrival-rate executor has had, by time: the integral of its rate, which is
/// linear in pieces. Exact: whole nanoseconds in, 128-bit integers between. Of the whole test.
class RateCurve {
 public:
  /// A number of arrivals, in units of 1 / kUnit.
  using Count = Wide;
  static constexpr Count kUnit = Count{1} << 32;

  /// Without arrivals for a capacity search, whose rates nobody knows before. REQUIRES:
  /// is_open(executor).
  explicit RateCurve(const Executor& executor);

  /// When `count` (>= 0) is reached, since the scenario's start, to the nanosecond rounded down;
  /// none when it never is. Never decreases with `count`.
  std::optional<Nanoseconds> instant(Count count) const;

  /// How many even arrivals there are in the regular duration, in all (at most 2^63 - 1). As in k6,
  /// of a constant rate number k (from 0) is due when `k` is reached: the first at once, none at
  /// the very end. Of a ramping rate it is due when `k + 1` is: the last may be at the very end.
  std::int64_t even_arrivals() const;
  /// When even arrival k is due; none from even_arrivals() on.
  std::optional<Nanoseconds> even_instant(std::int64_t k) const;

 private:
  // Areas below the line are in units of one arrival / (2 * time_unit), which makes that of each
  // piece, (from + to) * duration, a whole number.
  struct Piece {
    Nanoseconds start;
    Nanoseconds duration;
    std::int64_t from;  ///< Arrivals per time unit.
    std::int64_t to;
    Wide area_before;

    Wide area() const { return (Wide{from} + to) * duration.count(); }
    /// Whether the area up to `at` (since the piece's start) is no more than `limit`.
    bool is_within(std::int64_t at, Wide limit) const;
    /// The last nanosecond for which is_within. REQUIRES: 0 <= limit <= area().
    std::int64_t last_within(Wide limit) const;
  };

  void add(const Stage& stage, std::int64_t from);

  Nanoseconds time_unit_{1};
  bool begins_with_arrival_ = false;
  std::vector<Piece> pieces_;  ///< Those with arrivals.
  Nanoseconds end_{0};
  Wide area_ = 0;
};

}  // namespace loadrun::plan
