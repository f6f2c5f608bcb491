#include "base/log.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/log_line.h"
#include "support/catch.h"
#include "support/time_zone.h"

namespace loadrun {
namespace {

using test::TimeZone;

LogRecord record(std::string_view message, std::string_view source = "") {
  return {LogLevel::kError, message, source, std::chrono::seconds(1795203000), 3999ms};
}

std::string text(std::string_view message, std::string_view source = "") {
  return render_log_line(record(message, source), LogFormat::kText, false);
}

std::string json(std::string_view message, std::string_view source = "") {
  return render_log_line(record(message, source), LogFormat::kJson, false);
}

/// A file name of this process that is removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name = "log")
      : path_(std::filesystem::temp_directory_path() / fmt::format("{}_test.{}", name, getpid())) {
    std::filesystem::remove(path_);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::string path() const { return path_.string(); }
  std::string content() const {
    std::ostringstream all;
    all << std::ifstream(path_).rdbuf();
    return all.str();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a text line has time, level, message and source") {
  const TimeZone utc("UTC");
  CHECK(text("boom", "console") ==
        R"(time="2026-11-20T19:30:00Z" level=error msg=boom source=console)");
  CHECK(text("it went wrong") == R"(time="2026-11-20T19:30:00Z" level=error msg="it went wrong")");
  CHECK(text("") == R"(time="2026-11-20T19:30:00Z" level=error)");
}

TEST_CASE("levels have k6's names") {
  const TimeZone utc("UTC");
  const auto line = [](LogLevel level) {
    LogRecord r = record("m");
    r.level = level;
    return render_log_line(r, LogFormat::kText, false).substr(28);
  };
  CHECK(line(LogLevel::kDebug) == "level=debug msg=m");
  CHECK(line(LogLevel::kInfo) == "level=info msg=m");
  CHECK(line(LogLevel::kWarning) == "level=warning msg=m");
  CHECK(line(LogLevel::kError) == "level=error msg=m");
}

TEST_CASE("a log line tells the local time with its offset") {
  {
    const TimeZone seoul("KST-9");
    CHECK(text("m").starts_with(R"(time="2026-11-21T04:30:00+09:00")"));
  }
  const TimeZone newfoundland("NST3:30");
  CHECK(text("m").starts_with(R"(time="2026-11-20T16:00:00-03:30")"));
}

TEST_CASE("a message stays on one line in text and JSON") {
  const TimeZone utc("UTC");
  const std::string_view message = "say \"hi\"\n\tC:\\x\x01 쿠폰 \xff\xed\xa0\x80";
  CHECK(text(message).substr(40) == R"(msg="say \"hi\"\n\tC:\\x\x01 쿠폰 \xff\xed\xa0\x80")");
  CHECK(json(message) ==
        R"({"level":"error","msg":"say \"hi\"\n\tC:\\x\u0001 쿠폰 \ufffd\ufffd\ufffd\ufffd",)"
        R"("time":"2026-11-20T19:30:00Z"})");
}

TEST_CASE("a JSON line carries the source") {
  const TimeZone utc("UTC");
  CHECK(json("m", "console") ==
        R"({"level":"error","msg":"m","source":"console","time":"2026-11-20T19:30:00Z"})");
}

TEST_CASE("the terminal form is coloured, padded, and counts seconds") {
  const std::string line = render_log_line(record("boom", "console"), LogFormat::kText, true);
  CHECK(line ==
        "\x1b[31mERRO\x1b[0m[0003] boom" + std::string(41, ' ') + " \x1b[31msource\x1b[0m=console");
}

TEST_CASE("raw is the message alone") {
  CHECK(render_log_line(record("a\nb", "console"), LogFormat::kRaw, true) == "a\nb");
}

TEST_CASE("a log file receives lines; debug lines only when verbose") {
  const TemporaryFile file;
  const LogOptions quiet{.output = "file=" + file.path(), .format = LogFormat::kRaw};
  REQUIRE(configure_log(quiet).ok());
  log_debug("hidden");
  log_warning("{} shown", 1);
  CHECK(file.content() == "1 shown\n");

  LogOptions verbose = quiet;
  verbose.verbose = true;
  REQUIRE(configure_log(verbose).ok());
  log_debug("also shown {{}}");
  CHECK(file.content() == "1 shown\nalso shown {}\n");
  REQUIRE(configure_log(LogOptions{}).ok());
}

TEST_CASE("a console file takes the console's lines out of the log") {
  const TemporaryFile log, console("console");
  const LogOptions options{.output = "file=" + log.path(),
                           .console_output = console.path(),
                           .format = LogFormat::kJson,
                           .color = true};
  REQUIRE(configure_log(options).ok());
  log_line(LogLevel::kWarning, "script", kConsole);
  log_line(LogLevel::kDebug, "hidden", kConsole);
  log_warning("engine");
  REQUIRE(configure_log(options).ok());  // appends
  log_line(LogLevel::kInfo, "again", kConsole);
  REQUIRE(configure_log(LogOptions{}).ok());
  CHECK(log.content().starts_with(R"({"level":"warning","msg":"engine",)"));
  const std::string said = console.content();
  CHECK(said.starts_with(R"({"level":"warning","msg":"script","time":)"));
  CHECK(said.find(R"({"level":"info","msg":"again","time":)") != std::string::npos);
  CHECK(said.find("source") == std::string::npos);
  CHECK(std::count(said.begin(), said.end(), '\n') == 2);
}

TEST_CASE("a log that cannot be opened is an error that names it") {
  const auto unknown = configure_log({.output = "pigeon"});
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message == "unsupported log output 'pigeon'");
  CHECK_FALSE(configure_log({.output = "file="}).ok());

  const auto unwritable = configure_log({.output = "file=/proc/no/such.log"});
  REQUIRE_FALSE(unwritable.ok());
  CHECK(unwritable.error().code == ExitCode::kGeneric);
  CHECK(unwritable.error().message.find("/proc/no/such.log") != std::string::npos);

  const auto console = configure_log({.console_output = "/proc/no/such.txt"});
  REQUIRE_FALSE(console.ok());
  CHECK(console.error().code == ExitCode::kGeneric);
  CHECK(console.error().message.starts_with("--console-output: "));
  CHECK(console.error().message.find("/proc/no/such.txt") != std::string::npos);
}

}  // namespace loadrun
