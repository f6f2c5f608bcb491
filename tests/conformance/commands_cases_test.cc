#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "commands/option_layers.h"
#include "conformance/cases.h"
#include "support/catch.h"

namespace loadrun::commands {
namespace {

using nlohmann::json;
using test::Case;
using Variables = std::map<std::string, std::string>;

/// Replaces the process's environment for the time of a test.
class Environment {
 public:
  explicit Environment(const Variables& variables) : before_(process_environment()) {
    replace(variables);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { replace(before_); }

 private:
  static void replace(const Variables& variables) {
    for (const auto& [name, value] : process_environment()) unsetenv(name.c_str());
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  }

  Variables before_;
};

/// k6's variables under their names here.
Variables renamed(const json& variables) {
  Variables result;
  for (const auto& [name, value] : variables.items()) {
    result[name.substr(0, 3) == "K6_" ? "LOADRUN_" + name.substr(3) : name] = value;
  }
  return result;
}

RunArguments parsed(std::vector<std::string> flags, bool include_system_env) {
  CLI::App app;
  RunArguments arguments;
  arguments.include_system_env = include_system_env;
  declare_run_arguments(app, arguments);
  flags.emplace_back("script.lua");
  std::reverse(flags.begin(), flags.end());
  app.parse(std::move(flags));
  return arguments;
}

TEST_CASE("a script's environment is k6's") {
  for (const Case& one : test::cases_of("plan.jsonl", "cli.env_vars")) {
    INFO(one.text());
    const Environment system(renamed(one.input.at("system_env")));
    const auto environment = script_environment(
        parsed(one.input.at("cli"), one.input.at("include_system_env_default").get<bool>()));
    REQUIRE(environment.ok());
    CHECK(environment.value() == renamed(one.expected.at("__ENV")));
  }
}

TEST_CASE("a config file that is named has to be there") {
  int found = 0;
  for (const Case& one : test::cases_of("plan.jsonl", "config.consolidate")) {
    if (one.expected.value("error", "") != "consolidation (explicit config file missing)") continue;
    ++found;
    INFO(one.text());
    const auto plan = resolve_plan(parsed(one.input.at("cli"), true),
                                   {.functions = {"default"}, .options_json = "{}"}, 0ns);
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().code == ExitCode::kInvalidConfig);
  }
  CHECK(found == 1);
}

}  // namespace
}  // namespace loadrun::commands
