#include "commands/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/exit_code.h"
#include "commands/run_arguments.h"
#include "plan/option_table.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;
using commands::RunArguments;

namespace {

/// What `loadrun run <arguments>` reads; "" in `error` when it could.
struct Parsed {
  RunArguments arguments;
  std::string error;
};

Parsed parse(std::vector<std::string> arguments) {
  Parsed parsed;
  CLI::App app;
  commands::declare_run_arguments(app, parsed.arguments);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    parsed.error = error.what();
  }
  return parsed;
}

int exit_code_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "loadrun");
  std::vector<char*> argv;
  argv.reserve(arguments.size());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return commands::run_cli(static_cast<int>(argv.size()), argv.data());
}

using Flags = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("option flags are kept as text, in their order, repeated ones too") {
  const Parsed parsed = parse({"-u", "5", "--duration=10s", "-s", "1s:2", "script.lua", "--stage",
                               "2s:0", "--tag", "a=b", "--tag", "c=d", "--vus", "7"});
  CHECK(parsed.error.empty());
  CHECK(parsed.arguments.script == "script.lua");
  Flags flags = parsed.arguments.flags;
  const auto of = [&flags](const std::string& name) {
    std::vector<std::string> values;
    for (const auto& [flag, value] : flags) {
      if (flag == name) values.push_back(value);
    }
    return values;
  };
  CHECK(of("vus") == std::vector<std::string>{"5", "7"});
  CHECK(of("duration") == std::vector<std::string>{"10s"});
  CHECK(of("stage") == std::vector<std::string>{"1s:2", "2s:0"});
  CHECK(of("tag") == std::vector<std::string>{"a=b", "c=d"});
  CHECK(flags.size() == 7);
}

TEST_CASE("every short flag is its long one") {
  for (const auto& [short_flag, name] :
       Flags{{"-u", "vus"}, {"-d", "duration"}, {"-i", "iterations"}, {"-s", "stage"}}) {
    CHECK(parse({"x.lua", short_flag, "1"}).arguments.flags == Flags{{name, "1"}});
  }
  CHECK(parse({"x.lua", "-q"}).arguments.quiet);
  CHECK(parse({"x.lua", "-v"}).arguments.log.verbose);
  CHECK(parse({"x.lua", "-c", "f.json"}).arguments.config == "f.json");
}

TEST_CASE("switches are true unless they say otherwise") {
  const Parsed parsed =
      parse({"x.lua", "--no-setup", "-w", "-p", "--no-vu-connection-reuse", "--paused=false"});
  CHECK(parsed.error.empty());
  Flags flags = parsed.arguments.flags;
  std::sort(flags.begin(), flags.end());
  CHECK(flags == Flags{{"no-setup", "true"},
                       {"no-vu-connection-reuse", "true"},
                       {"paused", "false"},
                       {"throw", "true"}});
}

TEST_CASE("every option that has an effect and a flag's name is a flag") {
  for (const plan::OptionNames& names : plan::option_table()) {
    if (names.flag.empty()) continue;
    INFO(names.flag);
    const std::string flag = "--" + std::string(names.flag);
    const bool is_switch = names.syntax == plan::OptionSyntax::kBoolean;
    const Parsed parsed = parse(is_switch ? std::vector<std::string>{"x.lua", flag}
                                          : std::vector<std::string>{"x.lua", flag + "=1"});
    CHECK(parsed.error.empty());
  }
}

TEST_CASE("a lone dash is a script: standard input") {
  CHECK(parse({"-"}).arguments.script == "-");
  std::string program = "loadrun", dash = "-";
  char* argv[] = {program.data(), dash.data()};
  CHECK(commands::command_line(2, argv) == std::vector<std::string>{"run", "-"});
}

TEST_CASE("calibrate is a verb, and no script") {
  std::string program = "loadrun", verb = "calibrate", flag = "-o", file = "machine.json";
  char* argv[] = {program.data(), verb.data(), flag.data(), file.data()};
  CHECK(commands::command_line(4, argv) ==
        std::vector<std::string>{"calibrate", "-o", "machine.json"});
  CHECK(exit_code_of({"calibrate", "--duration", "0s"}) == 104);
  CHECK(exit_code_of({"calibrate", "script.lua"}) == 255);
  CHECK(parse({"x.lua", "--calibration", "machine.json"}).arguments.calibration == "machine.json");
}

TEST_CASE("the compiler of Lua code is on or off") {
  CHECK(parse({"-"}).arguments.jit);
  CHECK(parse({"-", "--jit=on"}).arguments.jit);
  CHECK_FALSE(parse({"-", "--jit", "off"}).arguments.jit);
  for (const char* value : {"maybe", "true", "0", ""}) {
    CHECK(parse({"-", "--jit", value}).error ==
          fmt::format("--jit: expected on or off, not \"{}\"", value));
  }
}

TEST_CASE("an empty user agent is a value") {
  std::string program = "loadrun", script = "x.lua", flag = "--user-agent=";
  char* argv[] = {program.data(), script.data(), flag.data()};
  CHECK(commands::command_line(3, argv) ==
        std::vector<std::string>{"run", "x.lua", "--user-agent", ""});
  CHECK(parse({"x.lua", "--user-agent", ""}).arguments.flags == Flags{{"user-agent", ""}});
}

TEST_CASE("-e may be repeated and takes one value each") {
  const Parsed parsed = parse({"-e", "A=1", "x.lua", "--env", "B=x y=z", "-e", "C"});
  CHECK(parsed.error.empty());
  CHECK(parsed.arguments.env == std::vector<std::string>{"A=1", "B=x y=z", "C"});
  CHECK(parsed.arguments.script == "x.lua");
}

TEST_CASE("arguments of the run itself") {
  const Parsed parsed = parse(
      {"x.lua", "--workers", "3", "--seed", "18446744073709551615", "--summary-export", "s.json",
       "--no-thresholds", "--no-include-system-env-vars", "--log-format", "json", "--log-output",
       "none", "--no-color", "--summary-mode", "full", "--console-output", "c.txt"});
  CHECK(parsed.error.empty());
  CHECK(parsed.arguments.workers == 3);
  CHECK(parsed.arguments.seed == 18446744073709551615ULL);
  CHECK(parsed.arguments.summary_export == "s.json");
  CHECK(parsed.arguments.no_thresholds);
  CHECK_FALSE(parsed.arguments.include_system_env);
  CHECK(parsed.arguments.log.format == LogFormat::kJson);
  CHECK(parsed.arguments.log.output == "none");
  CHECK(parsed.arguments.no_color);
  CHECK(parsed.arguments.summary_mode == "full");
  CHECK(parsed.arguments.log.console_output == "c.txt");
  const RunArguments defaults = parse({"x.lua"}).arguments;
  CHECK(defaults.workers == 0);
  CHECK_FALSE(defaults.seed.has_value());
  CHECK(defaults.include_system_env);
  CHECK(defaults.log.output == "stderr");
  CHECK(defaults.log.console_output.empty());
  CHECK(defaults.summary_mode == "compact");
  CHECK_FALSE(defaults.quiet);
}

TEST_CASE("which verdicts fail a run") {
  const auto policy = [](std::vector<std::string> flags) {
    flags.insert(flags.begin(), "x.lua");
    return parse(std::move(flags)).arguments.verdict;
  };
  CHECK_FALSE(policy({}).allow_invalid);
  CHECK_FALSE(policy({}).require_complete);
  CHECK(policy({"--allow-invalid"}).allow_invalid);
  CHECK(policy({"--require-complete"}).require_complete);
  CHECK_FALSE(policy({"--allow-invalid=false"}).allow_invalid);
  const commands::VerdictPolicy both = policy({"--allow-invalid", "--require-complete"});
  CHECK(both.allow_invalid);
  CHECK(both.require_complete);
  CHECK_FALSE(parse({"x.lua", "--allow-invalid=maybe"}).error.empty());
}

TEST_CASE("what cannot be read is refused") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"x.lua", "--no-such-flag"},
                                                    {"x.lua", "--workers", "0"},
                                                    {"x.lua", "--workers", "many"},
                                                    {"x.lua", "--seed", "x"},
                                                    {"x.lua", "--vus"},
                                                    {"x.lua", "--log-format", "xml"},
                                                    {"x.lua", "y.lua"},
                                                    {"x.lua", "-e"}}) {
    INFO(CLI::detail::join(arguments, " "));
    CHECK_FALSE(parse(arguments).error.empty());
  }
}

TEST_CASE("the verb run may be left out; exit codes tell what was wrong") {
  TempFolder folder;
  const std::string bad =
      folder.write("bad.lua", "return { options = { vus = 'x' }, default = print }");
  const std::string wrong = folder.write("wrong.lua", "return (");
  const std::string fine = folder.write("fine.lua", "return function() end");
  for (const std::vector<std::string>& verb : {std::vector<std::string>{}, {"run"}}) {
    const auto code = [&verb](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), verb.begin(), verb.end());
      return exit_code_of(arguments);
    };
    CHECK(code({"--log-output", "none", "-q", "--workers", "1", fine}) == 0);
    CHECK(code({"--log-output", "none", bad}) == static_cast<int>(ExitCode::kInvalidConfig));
    CHECK(code({"--log-output", "none", wrong}) == static_cast<int>(ExitCode::kScriptException));
    CHECK(code({"--log-output", "none", folder.path() + "/missing.lua"}) == 255);
    CHECK(code({"--no-such-flag", fine}) == 255);
    CHECK(code({fine, "--vus", "x", "--log-output", "none"}) == 255);
  }
  CHECK(exit_code_of({}) == 255);
  CHECK(exit_code_of({"--version"}) == 0);
  CHECK(exit_code_of({"--help"}) == 0);
}
