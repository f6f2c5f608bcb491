#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// A step of a closed scenario: from `at` (since the scenario's start) on, `vus` VUs should be looping.
struct VuStep {
  Nanoseconds at{0};
  std::int64_t vus = 0;
  bool operator==(const VuStep&) const = default;
};

/// The worker's part of a process: `index` of `count` (architecture.md decision 1).
struct WorkerSlice {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

/// When the instance's looping-VU count changes, in time order: the linear ramps of `stages` stepped at their exact times
/// (conformance area executor.ramping_vus.raw_steps). The last step is at the regular end with 0 VUs.
/// REQUIRES: a closed executor (not an arrival-rate one).
std::vector<VuStep> vu_steps(const Scenario& scenario);

/// Like vu_steps, with every VU held gracefulRampDown longer after a ramp-down and gracefulStop after the end
/// (conformance area executor.ramping_vus.requirements): how many VUs are reserved when.
std::vector<VuStep> reserved_vu_steps(const Scenario& scenario);

/// Regular duration of the scenario without startTime and gracefulStop (maxDuration for the iteration-bound executors).
Nanoseconds regular_duration(const Scenario& scenario);
/// From the test's start to the scenario's latest possible end: start_time + regular duration + graceful stop.
Nanoseconds latest_end(const Scenario& scenario);

/// Most VUs reserved at once over all scenarios (scenarios that do not overlap reuse VUs), and the whole test's longest duration.
struct Requirements {
  std::int64_t max_vus = 0;
  Nanoseconds total_duration{0};
};
Requirements requirements(const Plan& plan);

/// k6's one-line description: "10 looping VUs for 30s (gracefulStop: 30s)" (conformance area scenario.describe).
std::string describe(const Scenario& scenario);

/// Assigns scenario elements (VUs, iterations) to workers: element k of a scenario belongs to worker (k + offset) mod W_s among
/// W_s = min(workers, its max VUs), offsets spread small scenarios over the cores.
struct Striping {
  std::uint32_t workers = 1;  ///< W_s
  std::uint32_t offset = 0;
  /// How many of the elements 0 .. n-1 are `worker`'s.
  std::int64_t share(std::int64_t n, std::uint32_t worker) const;
  /// The instance-wide index of `worker`'s i-th element.
  std::int64_t global_index(std::int64_t i, std::uint32_t worker) const;
};
/// One per scenario of `plan`, in its order.
std::vector<Striping> stripings(const Plan& plan, std::uint32_t workers);

}  // namespace loadrun::plan
