#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/run_arguments.h"
#include "metrics/verdict.h"
#include "report/summary_input.h"

namespace loadrun::commands {

/// Why a run with that verdict ends with kInvalidRun: its state and the first reason of that state.
/// Nothing when it does not. A run that is INVALID may lack arrivals as well: require_complete asks
/// for the reasons, not for the verdict.
std::optional<std::string> objection(const metrics::Verdict& verdict, const VerdictPolicy& policy);

/// How a run ends that came to `end` before it was judged. At the end of a run that nothing ended
/// early the order of exit codes is 99, 110, 93, 95, 0: what came before objections stays.
report::RunEnd with_objection(report::RunEnd end, const std::optional<std::string>& objection);

/// How a run ends with `end` whose required outputs lost something; what goes before 93 stays.
report::RunEnd with_losses(report::RunEnd end, const std::vector<report::OutputLoss>& losses);

}  // namespace loadrun::commands
