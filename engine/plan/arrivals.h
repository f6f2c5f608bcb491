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
  bool operator==(const Arrival&) const = default;
};

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
class Arrivals {
 public:
  /// REQUIRES: the scenario's executor is an arrival-rate one.
  Arrivals(const Scenario& scenario, const ArrivalSlice& slice);

  /// The next arrival; none after the last one of the regular duration.
  std::optional<Arrival> next();

 private:
  std::optional<Nanoseconds> poisson_instant(std::int64_t k);

  RateCurve curve_;
  Stripes stripes_;
  Striping striping_;
  std::uint32_t worker_;
  ArrivalProcess process_;
  bool owns_any_;
  std::int64_t next_ = 0;  ///< Of the worker's.
  CounterRandom random_;
  std::int64_t drawn_ = 0;    ///< Gaps so far,
  RateCurve::Count sum_ = 0;  ///< and their sum.
};

/// How many even arrivals the scenario has in this instance in its regular duration. REQUIRES: an
/// arrival-rate executor.
std::int64_t even_arrivals(const Scenario& scenario);

}  // namespace loadrun::plan
