#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "plan/plan.h"
#include "plan/striping.h"

// What a plan says about time: pure functions, nothing of it runs anything. What they say of a
// scenario is the part of this instance (Scenario::tuple).

namespace loadrun::plan {

/// The length of what has no end. As it is longer than any test and as adding to it does not leave
/// 64 bits, it is counted with like any other length.
inline constexpr Nanoseconds kEndless = std::chrono::hours(24 * 365 * 100);
constexpr bool is_endless(Nanoseconds length) { return length >= kEndless; }

/// format_duration, and "infinite" for what has no end.
std::string length_text(Nanoseconds length);

/// A step of a closed scenario: from `at` (since the scenario's start) on, `vus` VUs should be
/// looping.
struct VuStep {
  Nanoseconds at{0};
  std::int64_t vus = 0;
  bool operator==(const VuStep&) const = default;
};

/// The steps of the linear ramps of `ramp`, each at the exact time (to the nanosecond, rounded
/// down) at which the line reaches the next whole number, as far as they change the number of VUs
/// in `part`. The first is at 0; a jump is one step; a flat stage has none.
std::vector<VuStep> ramp_steps(const RampingVus& ramp, const Stripes& part);

/// The steps of an externally controlled scenario. `targets` are the numbers of VUs of the whole
/// test that were ordered so far, with the time since the scenario's start from which each holds;
/// before the first it is the executor's own number. An order for a time after the regular end has
/// no effect. REQUIRES: an externally controlled executor; the targets are in time order, each from
/// 0 to its max_vus.
std::vector<VuStep> controlled_vu_steps(const Scenario& scenario,
                                        const std::vector<VuStep>& targets);

/// When the instance's looping-VU count changes, in time order: for ramping-vus its ramp_steps, for
/// externally-controlled its controlled_vu_steps without an order, for the others a step up and one
/// down. The last step is at the regular end with 0 VUs. Of a stampede, from its release on.
/// REQUIRES: not an arrival-rate executor.
std::vector<VuStep> vu_steps(const Scenario& scenario);

/// Whether its VUs call a function before their common start.
bool prepares(const Scenario& scenario);

/// When a scenario with a `startAt` releases its VUs, after the test's start, which came at `start`
/// on the wall clock (since the epoch); nothing when it has none. May be before the test's start.
std::optional<Nanoseconds> release_at(const Scenario& scenario, Nanoseconds start);

/// The longest time from the scenario's start to the first iterations, while its VUs prepare and
/// wait for a common start; 0 without either.
Nanoseconds preparation(const Scenario& scenario);

/// How many VUs have to exist when. Like vu_steps, but a VU that a ramp-down takes out is held for
/// gracefulRampDown, and those looping at the regular end for gracefulStop. Of arrival-rate
/// executors, the preallocated VUs; of externally-controlled, all it may have. The time of
/// preparation comes first.
std::vector<VuStep> reserved_vu_steps(const Scenario& scenario);

/// The same, if arrivals need all the VUs that they may use.
std::vector<VuStep> possible_vu_steps(const Scenario& scenario);

/// Regular duration of the scenario without startTime and gracefulStop (maxDuration for the
/// iteration-bound executors); kEndless for an externally controlled one without.
Nanoseconds regular_duration(const Scenario& scenario);

/// From the test's start to the scenario's latest possible end: start_time + preparation + regular
/// duration + the time for which running iterations may be finished after it, at most
/// graceful_stop.
Nanoseconds latest_end(const Scenario& scenario);

/// Most VUs the scenario can have at a time; of the executors that have it, maxVUs. An instance for
/// which that is 0 has nothing to do in the scenario.
std::int64_t max_vus(const Scenario& scenario);

/// Which of the scenario's iterations (or arrivals) are this instance's: global_index() is k6's
/// iterationInTest. Where VUs do not bring their own iterations (shared-iterations and the
/// arrival-rate executors) they are divided in proportion to the VUs, so none go where there are
/// no VUs.
Stripes iteration_stripes(const Scenario& scenario);

/// How many iterations the VUs of a shared-iterations scenario share. REQUIRES: it is one.
std::int64_t shared_iterations(const Scenario& scenario);

/// What a whole test needs.
struct Requirements {
  std::int64_t planned_vus = 0;  ///< Most VUs that exist at once if no arrival-rate scenario needs
                                 ///< more than it preallocates.
  std::int64_t max_vus =
      0;  ///< Most VUs that can exist at once; scenarios that do not overlap reuse VUs.
  Nanoseconds total_duration{0};  ///< The latest end of a scenario.
};
Requirements requirements(const Plan& plan);

/// k6's one-line description: "10 looping VUs for 30s (gracefulStop: 30s)".
std::string describe(const Scenario& scenario);

}  // namespace loadrun::plan
