#pragma once

#include <vector>

#include "plan/schedule.h"

namespace loadrun::plan {

/// Steps of the VUs to reserve for looping VUs that follow `steps`: each step down takes effect
/// `hold` later, unless a step up comes first and reuses the VUs; all are released at `end`.
/// REQUIRES: `steps` is not empty and in time order.
std::vector<VuStep> reserve(const std::vector<VuStep>& steps, Nanoseconds hold, Nanoseconds end);

}  // namespace loadrun::plan
