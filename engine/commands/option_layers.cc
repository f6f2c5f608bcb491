#include "commands/option_layers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "plan/options.h"
#include "plan/selection.h"
#include "script/shared_store.h"

namespace loadrun::commands {
namespace {

bool valid_env_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// ~/.config/loadrun/config.json, where XDG_CONFIG_HOME may move ~/.config.
std::string default_config_path(const std::map<std::string, std::string>& environment) {
  const auto value = [&environment](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  const std::string base = value("XDG_CONFIG_HOME");
  const std::filesystem::path folder =
      base.empty() ? std::filesystem::path(value("HOME")) / ".config" : std::filesystem::path(base);
  return (folder / "loadrun" / "config.json").string();
}

Result<plan::OptionLayer> config_layer(const RunArguments& arguments,
                                       const std::map<std::string, std::string>& environment) {
  const bool is_explicit = !arguments.config.empty();
  const std::string path = is_explicit ? arguments.config : default_config_path(environment);
  std::error_code ignored;
  if (!is_explicit && !std::filesystem::exists(path, ignored)) return plan::OptionLayer{};
  const Result<std::string> text = script::read_file(path);
  if (!text.ok()) return Error{ExitCode::kInvalidConfig, "config file: " + text.error().message};
  return plan::options_from_json("config file " + path, text.value());
}

/// Keeps the layer, or notes its errors.
void collect(Result<plan::OptionLayer> layer, std::vector<plan::OptionLayer>& layers,
             std::string& errors) {
  if (layer.ok()) {
    layers.push_back(std::move(layer).value());
  } else {
    errors += (errors.empty() ? "" : "\n") + layer.error().message;
  }
}

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<std::map<std::string, std::string>> script_environment(const RunArguments& arguments) {
  std::map<std::string, std::string> environment;
  if (arguments.include_system_env) environment = process_environment();
  for (const std::string& entry : arguments.env) {
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string name = entry.substr(0, equals);
    if (!valid_env_name(name)) {
      return Error{
          ExitCode::kGeneric,
          fmt::format("-e {}: \"{}\" is not a variable name (expected NAME=VALUE)", entry, name)};
    }
    environment[name] = equals == entry.size() ? "" : entry.substr(equals + 1);
  }
  return environment;
}

namespace {

/// What --scenario and --once leave of a plan.
Result<plan::Plan> selected(plan::Plan plan, const RunArguments& arguments) {
  if (!arguments.scenarios.empty()) {
    const auto conflict = std::ranges::find_if(arguments.flags, [](const auto& flag) {
      return flag.first == "vus" || flag.first == "duration" || flag.first == "iterations" ||
             flag.first == "stage";
    });
    if (conflict != arguments.flags.end()) {
      return Error{
          ExitCode::kInvalidConfig,
          fmt::format("--scenario and --{} exclude each other: the latter makes a scenario "
                      "of its own",
                      conflict->first)};
    }
    if (Result<void> done = plan::select_scenarios(plan, arguments.scenarios); !done.ok()) {
      return done.error();
    }
  }
  if (arguments.once) plan::run_once(plan);
  return plan;
}

}  // namespace

Result<plan::Plan> resolve_plan(const RunArguments& arguments, const script::Exports& exports,
                                Nanoseconds wall) {
  auto flags = plan::options_from_flags(arguments.flags);
  if (!flags.ok()) return flags.error();
  const auto environment = process_environment();
  std::vector<plan::OptionLayer> layers;
  std::string errors;
  collect(config_layer(arguments, environment), layers, errors);
  collect(plan::options_from_json("script options", exports.options_json), layers, errors);
  collect(plan::options_from_environment(environment), layers, errors);
  layers.push_back(std::move(flags).value());
  Result<plan::Plan> plan = plan::resolve(layers, exports.functions, wall);
  if (plan.ok() && errors.empty()) return selected(std::move(plan).value(), arguments);
  if (!plan.ok()) errors += (errors.empty() ? "" : "\n") + plan.error().message;
  return Error{ExitCode::kInvalidConfig, errors};
}

}  // namespace loadrun::commands
