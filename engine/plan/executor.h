#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "metrics/threshold.h"

namespace loadrun::plan {

/// A linear change of a number of VUs or of a rate, from where the stage before it ended to
/// `target`. A duration of 0 is a jump.
struct Stage {
  Nanoseconds duration{0};
  std::int64_t target = 0;
  bool operator==(const Stage&) const = default;
};

/// An instant at which prepared VUs start.
struct StartAt {
  enum class Origin { kEpoch, kTestStart };
  Origin origin = Origin::kTestStart;
  Nanoseconds offset{0};  ///< After the origin; the Unix epoch is one of the wall clock.
  bool operator==(const StartAt&) const = default;
};

/// How the VUs of an iteration-bound scenario get ready for a start at the same instant.
struct Stampede {
  std::string prepare;  ///< The exported function that each VU calls first; "" is none.
  Nanoseconds prepare_timeout{60s};
  std::optional<StartAt> start_at;  ///< None: once all VUs have prepared.
  /// From the test's start to `start_at`, at most: it was that far ahead when the options were
  /// read.
  Nanoseconds longest_wait{0};
};

/// How arrivals are spread in time.
enum class ArrivalProcess {
  kEven,     ///< At equal distances, as far as the rate is constant.
  kPoisson,  ///< At random: independent of each other, as those of many users are.
};

/// What becomes of an arrival that finds no free VU.
enum class LateStart {
  kDrop,   ///< It is counted as dropped.
  kQueue,  ///< It waits for one.
};

/// `vus` VUs loop for `duration`.
struct ConstantVus {
  std::int64_t vus = 1;
  Nanoseconds duration{0};
};

/// The number of looping VUs follows `stages`. A VU that a ramp-down takes out gets
/// `graceful_ramp_down` to finish its iteration.
struct RampingVus {
  std::int64_t start_vus = 1;
  std::vector<Stage> stages;
  Nanoseconds graceful_ramp_down{30s};
};

/// `vus` VUs take iterations from a common supply of `iterations`.
struct SharedIterations {
  std::int64_t vus = 1;
  std::int64_t iterations = 1;
  Nanoseconds max_duration{10min};
  Stampede stampede{};
};

/// Each of `vus` VUs runs `iterations` iterations.
struct PerVuIterations {
  std::int64_t vus = 1;
  std::int64_t iterations = 1;
  Nanoseconds max_duration{10min};
  Stampede stampede{};
};

/// `rate` iterations start per `time_unit`, on up to `max_vus` VUs.
struct ConstantArrivalRate {
  std::int64_t rate = 0;
  Nanoseconds time_unit{1s};
  Nanoseconds duration{0};
  std::int64_t pre_allocated_vus = 0;
  std::int64_t max_vus = 0;
  ArrivalProcess arrival = ArrivalProcess::kEven;
  LateStart late_start = LateStart::kDrop;
};

/// The rate of starts, in iterations per `time_unit`, follows `stages` from `start_rate` on.
struct RampingArrivalRate {
  std::int64_t start_rate = 0;
  Nanoseconds time_unit{1s};
  std::vector<Stage> stages;
  std::int64_t pre_allocated_vus = 0;
  std::int64_t max_vus = 0;
  ArrivalProcess arrival = ArrivalProcess::kEven;
  LateStart late_start = LateStart::kDrop;
};

/// The number of looping VUs is ordered from outside: `vus` to begin with, never more than
/// `max_vus`. An executor of k6 up to v1.
struct ExternallyControlled {
  std::int64_t vus = 0;
  std::int64_t max_vus = 0;
  Nanoseconds duration{0};  ///< 0: until the run is ended.
};

/// Searches the highest rate that holds `objective`: see CapacitySearch.
struct Capacity {
  std::int64_t start = 0;  ///< Iterations per `time_unit`, as `max_rate`.
  double factor = 1.5;     ///< From a rate to the next one up.
  Nanoseconds step_duration{5s};
  Nanoseconds settle{1s};  ///< Of each step, at its start: not measured.
  std::int64_t max_rate = 0;
  Nanoseconds time_unit{1s};
  std::int64_t pre_allocated_vus = 0;
  std::int64_t max_vus = 0;
  std::vector<metrics::MetricThresholds> objective;
};

using Executor =
    std::variant<ConstantVus, RampingVus, SharedIterations, PerVuIterations, ConstantArrivalRate,
                 RampingArrivalRate, ExternallyControlled, Capacity>;

/// The name in the `executor` field: "constant-vus", "ramping-vus", ...
std::string_view executor_name(const Executor& executor);

/// That of the iteration-bound executors, nullptr of the others.
const Stampede* stampede_of(const Executor& executor);
Stampede* stampede_of(Executor& executor);

/// Whether iterations start by the clock (the arrival-rate executors and capacity), not when a VU
/// has finished the one before.
bool is_open(const Executor& executor);

}  // namespace loadrun::plan
