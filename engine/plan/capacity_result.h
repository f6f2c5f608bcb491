#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "plan/capacity_search.h"

namespace loadrun::plan {

/// A phase of a capacity search: a time at a constant rate.
struct Probe {
  enum class Outcome { kHeld, kBroke, kUnfinished };

  std::int64_t number = 0;  ///< From 1: the tag `probe` of its samples.
  ProbeOrder order;
  Outcome outcome = Outcome::kUnfinished;
  bool is_certain = false;  ///< The evidence sufficed for the error rates.
  std::string broken;       ///< What broke: an objective, "dropped_iterations" or "throughput".
  Nanoseconds start{0};     ///< Since the scenario's start.
  Nanoseconds length{0};
  std::int64_t arrivals = 0;   ///< Of all its length, dropped ones included.
  std::int64_t dropped = 0;    ///< Of those.
  std::int64_t completed = 0;  ///< Iterations that ended in it.
  // What ended after `settle`, in milliseconds; none where nothing did.
  std::optional<double> avg, p95, p99;
};

/// What a capacity search found.
struct CapacityResult {
  std::string scenario;
  Nanoseconds time_unit{1s};  ///< Of all rates.
  std::int64_t start = 0;     ///< The executor's first rate,
  std::int64_t max_rate = 0;  ///< and its last.
  bool is_finished = false;   ///< False: the run ended before.
  bool is_confirmed = false;  ///< A hold confirmed `sustained`.
  /// The highest rate that held.
  std::optional<std::int64_t> sustained;
  std::optional<std::int64_t> broken;  ///< The lowest rate that broke.
  std::string broken_by;               ///< What broke there.
  std::optional<std::int64_t> knee;
  std::string latency_metric;  ///< What avg, p95 and p99 of the probes are of.
  std::vector<Probe> probes;
};

/// Where the capacity is, with 95 % confidence; no end where it is not known.
///
/// What held is known not to grow by BacklogTest::kDrift of its rate, so the capacity is above
/// sustained x (1 - kDrift); what broke is above it. An end that was decided without the error
/// rates is further out by kDrift (tests/unit/plan/capacity_simulation_test.cc measures how often
/// the interval is right).
struct RateInterval {
  std::optional<double> low, high;
};
RateInterval interval_of(const CapacityResult& result);

/// The rate from which latency grows faster than the rate: where power, rate / mean latency, is
/// greatest among the probes that held (L. Kleinrock, "Power and Deterministic Rules of Thumb for
/// Probabilistic Problems in Computer Communications", ICC 1979). There 1 % more rate costs 1 %
/// more latency. None without latencies.
std::optional<std::int64_t> knee_of(const std::vector<Probe>& probes);

}  // namespace loadrun::plan
