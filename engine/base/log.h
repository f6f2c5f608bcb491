#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace loadrun {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson, kRaw };

/// The source of lines that scripts write.
inline constexpr std::string_view kConsole = "console";
/// The source of what the option httpDebug shows.
inline constexpr std::string_view kHttpDebug = "http-debug";

/// Where and how log lines go. `output` is "stderr", "stdout", "none" or "file=PATH".
struct LogOptions {
  std::string output = "stderr";
  /// A file that takes the lines of source kConsole out of the log; "" leaves them there.
  std::string console_output = {};
  LogFormat format = LogFormat::kText;
  bool verbose = false;  ///< Also debug lines.
  bool color = false;
};

/// Replaces the process's log. Files are appended to. Fails (kGeneric) when one cannot be opened or
/// `output` is unknown.
Result<void> configure_log(const LogOptions& options);

/// Thread-safe. Writes one line; `source` (kConsole, kHttpDebug, "") becomes a field as k6 writes
/// it.
void log_line(LogLevel level, std::string_view message, std::string_view source = "");

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace loadrun
