#pragma once

#include <cstdint>
#include <optional>

#include "base/random.h"
#include "plan/plan.h"
#include "plan/rate_curve.h"
#include "plan/striping.h"

namespace loadrun::plan {

/// An iteration of an arrival-rate scenario that is due.
struct Arrival {
  std::int64_t in_test = 0;      ///< Its number in the whole test, from 0: k6's iterationInTest.
  std::int64_t in_instance = 0;  ///< Its number in this instance, from 0: iterationInInstance.
  Nanoseconds at{0};             ///< Since the scenario's start.
  std::int64_t probe = 0;        ///< Of a capacity search: the probe it belongs to, from 1,
  std::int64_t probe_rate = 0;   ///< and its rate.
  bool operator==(const Arrival&) const = default;
};

/// From `start` on the arrivals of a capacity search come at a constant rate, until the next piece
/// says otherwise.
struct RatePiece {
  std::int64_t probe = 0;  ///< Its number, from 1.
  std::int64_t rate = 0;   ///< Of the whole test, per time unit; 0: none come.
  Nanoseconds start{0};    ///< Since the scenario's start.
  std::int64_t first = 0;  ///< How many arrivals the whole test had before.
  bool operator==(const RatePiece&) const = default;
};

/// How many arrivals a piece has that ends at `end`. REQUIRES: not before it starts.
std::int64_t arrivals_until(Nanoseconds end, const RatePiece& piece, Nanoseconds time_unit);

/// Which arrivals of a scenario are whose, and the randomness of theirs.
struct ArrivalSlice {
  Striping striping{};  ///< The scenario's, over the workers of the instance.
  std::uint32_t worker = 0;
  std::uint64_t seed = 0;      ///< Of the test.
  std::uint64_t scenario = 0;  ///< Its index in the plan.
};

/// Walks the arrivals of one worker in time order. All slices of a test, over all segments and
/// workers, have each arrival of the test exactly once, at the same instant however it is cut.
///
/// Even arrivals are k6's: RateCurve::even_instant.
///
/// Poisson arrivals are one process for the test: numbers of one random stream of (seed, scenario)
/// become exponential gaps with a mean of one arrival, summed up exactly in fixed point; the sum is
/// mapped to an instant by the same curve of the rate. A slice draws the gaps of the others too,
/// about 25 ns each, to know its own sums.
///
/// Those of a capacity search are even within each of the pieces that are announced one by one;
/// none come before the first.
class Arrivals {
 public:
  /// REQUIRES: is_open(scenario.executor).
  Arrivals(const Scenario& scenario, const ArrivalSlice& slice);

  /// The next arrival; none after the last one of the regular duration.
  std::optional<Arrival> next();

  /// What comes from `piece.start` on. What next() has given of that time is void. REQUIRES: a
  /// capacity search; a piece that was announced before has begun, or is replaced.
  void announce(const RatePiece& piece) { upcoming_ = piece; }

 private:
  std::optional<Arrival> next_of_curve();
  std::optional<Nanoseconds> poisson_instant(std::int64_t k);
  void begin_piece();

  RateCurve curve_;
  Stripes stripes_;
  Striping striping_;
  std::uint32_t worker_;
  ArrivalProcess process_;
  bool owns_any_;
  Nanoseconds time_unit_{1s};  ///< Of pieces,
  Nanoseconds longest_{0};     ///< and the most that one lasts.
  RatePiece piece_;            ///< All zero without pieces.
  std::optional<RatePiece> upcoming_;
  std::int64_t next_ = 0;  ///< Of the worker's.
  CounterRandom random_;
  std::int64_t drawn_ = 0;    ///< Gaps so far,
  RateCurve::Count sum_ = 0;  ///< and their sum.
};

/// How many even arrivals the scenario has in this instance in its regular duration. REQUIRES: an
/// arrival-rate executor.
std::int64_t even_arrivals(const Scenario& scenario);

}  // namespace loadrun::plan
