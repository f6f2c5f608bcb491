#include "commands/calibrate_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/cpus.h"
#include "base/duration.h"
#include "commands/calibrator.h"
#include "commands/command_support.h"
#include "report/summary_files.h"

namespace loadrun::commands {
namespace {

constexpr Nanoseconds kShortest = 1s;  // of a scenario, too
constexpr Nanoseconds kLongest = 60s;

Result<Nanoseconds> length_of(const CalibrateArguments& arguments) {
  Result<Nanoseconds> length = parse_duration(arguments.duration);
  if (length.ok() && length.value() >= kShortest && length.value() <= kLongest) return length;
  return Error{
      ExitCode::kInvalidConfig,
      fmt::format("--duration: \"{}\" is not a duration from {} to {}, e.g. \"3s\"",
                  arguments.duration, format_duration(kShortest), format_duration(kLongest))};
}

}  // namespace

void declare_calibrate_arguments(CLI::App& app, CalibrateArguments& arguments) {
  app.add_option("-o,--out", arguments.out,
                 "write the figures as JSON to a file, for loadrun run --calibration");
  app.add_option("-d,--duration", arguments.duration,
                 "length of each measurement (3s); there are three or, on a machine that is not at "
                 "ease, up to nine, and some seconds around them");
  app.add_option("--workers", arguments.workers, "worker threads (default: the usable CPUs)")
      ->envname("LOADRUN_WORKERS")
      ->check(CLI::Range(1, 1024));
}

ExitCode calibrate_command(const CalibrateArguments& arguments) {
  const Result<Nanoseconds> length = length_of(arguments);
  if (!length.ok()) return report_error(length.error());
  const SystemClock clock;
  const int workers = arguments.workers > 0 ? arguments.workers : usable_cpus();
  const Result<Calibration> found = Calibrator(clock, workers, length.value()).run();
  if (!found.ok()) return report_error(found.error());
  if (arguments.out.empty()) return ExitCode::kOk;
  const auto written = report::write_summary_files({{arguments.out, to_json(found.value())}});
  return written.ok() ? ExitCode::kOk : report_error(written.error());
}

}  // namespace loadrun::commands
