#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"

namespace loadrun {

/// One thing to log, with the times it needs.
struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::string_view source;     ///< Shown as a field unless empty.
  Nanoseconds wall{0};         ///< Time of day since the Unix epoch.
  Nanoseconds since_start{0};  ///< Age of the process; the coloured form shows whole seconds.
};

/// `record` as k6 prints it, without the line end:
///  - kText: `time="2026-11-20T19:30:00Z" level=error msg="..." source=console`, local time;
///  - kText and `color`: `ERRO[0003] message   source=console` with ANSI colours;
///  - kJson: one object with level, msg, source (when there is one) and time;
///  - kRaw: the message alone.
/// Text without colour and JSON are always one line: control characters are escaped.
std::string render_log_line(const LogRecord& record, LogFormat format, bool color);

}  // namespace loadrun
