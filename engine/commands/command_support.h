#pragma once

#include "base/result.h"
#include "commands/run_arguments.h"

namespace loadrun::commands {

/// Opens the log that the arguments ask for.
Result<void> configure_log_of(const RunArguments& arguments);

/// Logs the error with its hint and returns its exit code.
ExitCode report_error(const Error& error);

}  // namespace loadrun::commands
