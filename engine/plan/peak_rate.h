#pragma once

#include "plan/plan.h"

namespace loadrun::plan {

/// The most iterations a second that the arrival-rate scenarios of `plan` start in this instance
/// together: the highest sum of their rates at one instant. Of Poisson arrivals that is the mean.
/// Looping VUs do not count, as how often they start depends on what they call.
double peak_arrival_rate(const Plan& plan);

}  // namespace loadrun::plan
