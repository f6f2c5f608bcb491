#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// Keeps the scenarios of these names; thresholds on the tag `scenario` of another one go, with a
/// warning in the plan. Fails (kInvalidConfig) naming every name that no scenario has.
Result<void> select_scenarios(Plan& plan, const std::vector<std::string>& names);

/// Makes every scenario one iteration of one VU that starts at once; its function, variables and
/// tags stay.
void run_once(Plan& plan);

}  // namespace loadrun::plan
