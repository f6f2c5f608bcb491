#include "commands/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <span>

#include "base/log.h"
#include "base/version.h"
#include "commands/calibrate_command.h"
#include "commands/inspect_command.h"
#include "commands/run_arguments.h"
#include "commands/run_command.h"

namespace loadrun::commands {
namespace {

/// "--name=" as two arguments: CLI11 takes an empty value only so.
std::vector<std::string> with_empty_values(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (const std::string_view argument : std::span(argv + 1, argv + argc)) {
    const bool has_empty_value = argument.starts_with("--") && argument.ends_with("=");
    arguments.emplace_back(argument.substr(0, argument.size() - (has_empty_value ? 1 : 0)));
    if (has_empty_value) arguments.emplace_back();
  }
  return arguments;
}

/// Parses; anything but success is the exit code: 0 for --help and --version, 255 for what cannot
/// be read.
std::optional<int> parse(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    log_error("{} (see loadrun --help)", error.what());
    return static_cast<int>(ExitCode::kGeneric);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> command_line(int argc, char** argv) {
  constexpr std::array<std::string_view, 6> kNoScript{"run",       "inspect", "calibrate",
                                                      "--version", "--help",  "-h"};
  std::vector<std::string> arguments = with_empty_values(argc, argv);
  const bool has_verb = arguments.empty() || std::find(kNoScript.begin(), kNoScript.end(),
                                                       arguments[0]) != kNoScript.end();
  if (!has_verb) arguments.insert(arguments.begin(), "run");
  return arguments;
}

int run_cli(int argc, char** argv) {
  CLI::App app("loadrun: load tests with scenarios in Lua", "loadrun");
  app.set_version_flag("--version", std::string("loadrun ") + kVersion);
  app.require_subcommand(1);
  RunArguments arguments;
  CLI::App* run = app.add_subcommand("run", "run a test");
  declare_run_arguments(*run, arguments);
  CLI::App* inspect = app.add_subcommand("inspect", "print the options of a test as JSON");
  declare_run_arguments(*inspect, arguments);
  bool requirements = false;
  inspect->add_flag("--execution-requirements", requirements,
                    "add maxVUs and totalDuration, what the test needs");
  CalibrateArguments calibration;
  CLI::App* calibrate =
      app.add_subcommand("calibrate", "measure what load this machine can be trusted with");
  declare_calibrate_arguments(*calibrate, calibration);
  if (const auto code = parse(app, command_line(argc, argv))) return *code;
  if (inspect->parsed()) return static_cast<int>(inspect_command(arguments, requirements));
  if (calibrate->parsed()) return static_cast<int>(calibrate_command(calibration));
  return static_cast<int>(run_command(arguments));
}

}  // namespace loadrun::commands
