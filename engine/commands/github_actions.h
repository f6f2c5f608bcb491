#pragma once

#include "base/result.h"
#include "report/summary_input.h"
#include "script/runtime.h"

namespace loadrun::commands {

/// In a job of GitHub Actions (GITHUB_ACTIONS is "true"): writes what made the run fail as
/// annotations to standard error, --quiet or not, and appends the results to the job summary (the
/// file GITHUB_STEP_SUMMARY). That it cannot be written is logged. Elsewhere nothing.
void tell_github(const report::SummaryInput& results);

/// The same of an error that kept a run of `script`, the file, from starting.
void tell_github(const Error& error, const script::RuntimeConfig& script);

}  // namespace loadrun::commands
