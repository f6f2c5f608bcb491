#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/log_line.h"

namespace loadrun {
namespace {

const TimePoint kProcessStart = SystemClock().now();

constexpr std::string_view kFilePrefix = "file=";

using Writer = std::shared_ptr<spdlog::logger>;

/// An open log: lines arrive rendered, spdlog only serialises the writing.
struct OpenLog {
  LogFormat format;
  bool verbose;
  bool color;
  Writer writer;
  Writer console;  ///< Null while the console's lines go to the log.
};

/// Null when `output` names nothing. Throws spdlog_ex when a file cannot be opened.
spdlog::sink_ptr make_sink(const std::string& output) {
  if (output == "stderr") return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (output == "stdout") return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  if (output == "none") return std::make_shared<spdlog::sinks::null_sink_mt>();
  if (output.starts_with(kFilePrefix) && output.size() > kFilePrefix.size()) {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(output.substr(kFilePrefix.size()));
  }
  return nullptr;
}

/// The one place that calls what throws in spdlog: its logger catches failed writes itself.
Result<Writer> make_writer(const std::string& output) {
  try {
    spdlog::sink_ptr sink = make_sink(output);
    if (!sink) {
      return Error{ExitCode::kGeneric, fmt::format("unsupported log output '{}'", output),
                   "use stderr, stdout, none or file=PATH"};
    }
    auto writer = std::make_shared<spdlog::logger>("loadrun", std::move(sink));
    writer->set_pattern("%v");
    // A line that is not on disk when the process dies is the one that was needed.
    writer->flush_on(spdlog::level::trace);
    return writer;
  } catch (const spdlog::spdlog_ex& failure) {
    return Error{ExitCode::kGeneric, fmt::format("cannot open the log: {}", failure.what())};
  }
}

Result<std::shared_ptr<const OpenLog>> open_log(const LogOptions& options) {
  OpenLog log{options.format, options.verbose, options.color, nullptr, nullptr};
  Result<Writer> writer = make_writer(options.output);
  if (!writer.ok()) return writer.error();
  log.writer = std::move(writer).value();
  if (!options.console_output.empty()) {
    Result<Writer> console = make_writer(fmt::format("{}{}", kFilePrefix, options.console_output));
    if (!console.ok()) {
      return Error{ExitCode::kGeneric, "--console-output: " + console.error().message};
    }
    log.console = std::move(console).value();
  }
  return std::shared_ptr<const OpenLog>(std::make_shared<OpenLog>(std::move(log)));
}

/// The process's log; standard error in text until configured.
class CurrentLog {
 public:
  CurrentLog() {
    auto log = open_log(LogOptions{});
    LOADRUN_CHECK(log.ok());
    log_ = std::move(log).value();
  }

  std::shared_ptr<const OpenLog> get() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  void replace(std::shared_ptr<const OpenLog> log) {
    const std::lock_guard lock(mutex_);
    log_ = std::move(log);
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const OpenLog> log_;
};

CurrentLog& current_log() {
  static CurrentLog log;
  return log;
}

}  // namespace

Result<void> configure_log(const LogOptions& options) {
  auto log = open_log(options);
  if (!log.ok()) return log.error();
  current_log().replace(std::move(log).value());
  return {};
}

void log_line(LogLevel level, std::string_view message, std::string_view source) {
  const auto log = current_log().get();
  if (level == LogLevel::kDebug && !log->verbose) return;
  const SystemClock clock;
  LogRecord record{level, message, source, clock.wall(), clock.now() - kProcessStart};
  if (source == kConsole && log->console) {
    record.source = {};  // k6: what its own file is for goes without saying
    log->console->log(spdlog::level::info, render_log_line(record, log->format, false));
  } else {
    log->writer->log(spdlog::level::info, render_log_line(record, log->format, log->color));
  }
}

}  // namespace loadrun
