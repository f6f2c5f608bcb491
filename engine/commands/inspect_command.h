#pragma once

#include "base/exit_code.h"
#include "commands/run_arguments.h"

namespace loadrun::commands {

/// `loadrun inspect`: prints the consolidated options as JSON, and with `requirements` what the
/// test needs ("maxVUs", "totalDuration"). Runs the script's first init and nothing else.
ExitCode inspect_command(const RunArguments& arguments, bool requirements);

}  // namespace loadrun::commands
