#include "commands/command_support.h"

#include <unistd.h>

#include <cstdlib>

namespace loadrun::commands {

std::optional<std::string> environment_variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<void> configure_log_of(const RunArguments& arguments) {
  LogOptions log = arguments.log;
  log.color = isatty(STDERR_FILENO) != 0 && !arguments.no_color;
  return configure_log(log);
}

ExitCode report_error(const Error& error) {
  log_error("{}{}{}", error.message, error.hint.empty() ? "" : "\nhint: ", error.hint);
  return error.code;
}

}  // namespace loadrun::commands
