#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "commands/run_arguments.h"
#include "plan/plan.h"
#include "script/vu_script.h"

namespace loadrun::commands {

/// The process's environment variables.
std::map<std::string, std::string> process_environment();

/// `__ENV`: the environment unless switched off, and over it what -e says. Fails on a malformed -e.
Result<std::map<std::string, std::string>> script_environment(const RunArguments& arguments);

/// The plan from defaults < config file < script < environment < flags. Fails (kInvalidConfig) with
/// all errors at once and on an explicit config file that is not there, (kGeneric) on flags that
/// cannot be read. `wall` is the time of day, since the epoch.
Result<plan::Plan> resolve_plan(const RunArguments& arguments, const script::Exports& exports,
                                Nanoseconds wall);

}  // namespace loadrun::commands
