#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace loadrun::plan {

/// A linear change of a number of VUs or of a rate, from where the stage before it ended to
/// `target`. A duration of 0 is a jump.
struct Stage {
  Nanoseconds duration{0};
  std::int64_t target = 0;
  bool operator==(const Stage&) const = default;
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
};

/// Each of `vus` VUs runs `iterations` iterations.
struct PerVuIterations {
  std::int64_t vus = 1;
  std::int64_t iterations = 1;
  Nanoseconds max_duration{10min};
};

/// `rate` iterations start per `time_unit`, on up to `max_vus` VUs.
struct ConstantArrivalRate {
  std::int64_t rate = 0;
  Nanoseconds time_unit{1s};
  Nanoseconds duration{0};
  std::int64_t pre_allocated_vus = 0;
  std::int64_t max_vus = 0;
};

/// The rate of starts, in iterations per `time_unit`, follows `stages` from `start_rate` on.
struct RampingArrivalRate {
  std::int64_t start_rate = 0;
  Nanoseconds time_unit{1s};
  std::vector<Stage> stages;
  std::int64_t pre_allocated_vus = 0;
  std::int64_t max_vus = 0;
};

using Executor = std::variant<ConstantVus, RampingVus, SharedIterations, PerVuIterations,
                              ConstantArrivalRate, RampingArrivalRate>;

/// The name in the `executor` field: "constant-vus", "ramping-vus", ...
std::string_view executor_name(const Executor& executor);

/// Whether iterations start by the clock (the arrival-rate executors), not when a VU has finished
/// the one before.
bool is_open(const Executor& executor);

}  // namespace loadrun::plan
