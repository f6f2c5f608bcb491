#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "commands/run_arguments.h"

namespace loadrun::commands {

/// The value of an environment variable, nothing when it is not set.
std::optional<std::string> environment_variable(const char* name);

/// Opens the log that the arguments ask for.
Result<void> configure_log_of(const RunArguments& arguments);

/// Logs the error with its hint and returns its exit code.
ExitCode report_error(const Error& error);

}  // namespace loadrun::commands
