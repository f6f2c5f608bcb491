#pragma once

#include <string>

#include "plan/plan.h"

namespace loadrun::plan {

/// The consolidated options as one JSON object with k6's names, in k6's order: what scripts see as
/// `exec.test.options`. Scenarios have all their fields; durations are text ("1m30s"); options that
/// are off or empty are left out. Bytes that are no UTF-8 become U+FFFD.
std::string options_json(const Plan& plan);

}  // namespace loadrun::plan
