#pragma once

#include "base/exit_code.h"
#include "commands/run_arguments.h"

namespace loadrun::commands {

/// `loadrun run`: loads the script, runs the test, prints the summary. Errors are logged here; the
/// result is the process's exit code.
ExitCode run_command(const RunArguments& arguments);

}  // namespace loadrun::commands
