#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/diagnostics.h"
#include "plan/option_table.h"
#include "plan/option_text.h"
#include "plan/options.h"
#include "plan/similar_name.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

const OptionNames* option_of_flag(std::string_view flag) {
  const auto table = option_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const OptionNames& names) {
    return !flag.empty() && names.flag == flag;
  });
  return found == table.end() ? nullptr : &*found;
}

std::string flag_suggestion(std::string_view flag) {
  std::vector<std::string_view> known;
  for (const OptionNames& names : option_table()) {
    if (!names.flag.empty()) known.push_back(names.flag);
  }
  return suggestion(flag, known);
}

// A repeated flag adds to what it said before.
void add_value(json& values, const OptionNames& names, json value) {
  json& slot = values[std::string(names.option)];
  if (!names.repeatable || slot.is_null()) {
    slot = std::move(value);
  } else if (slot.is_object()) {
    slot.update(value);
  } else {
    for (json& element : value) slot.push_back(std::move(element));
  }
}

std::string as_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

Error bad_json(const std::string& origin, std::size_t line, std::string_view problem) {
  return Error{ExitCode::kInvalidConfig,
               fmt::format("{}: line {}: {}", origin, line, as_line(problem))};
}

// nlohmann's message without the prefix that says again where it is.
std::string_view problem_in(std::string_view what) {
  const std::size_t start = what.find("syntax error");
  return start == std::string_view::npos ? what : what.substr(start);
}

// Go's switch, which users of k6 know: GODEBUG=http2client=0 among other settings.
bool go_refuses_http2(const std::map<std::string, std::string>& environment) {
  const auto found = environment.find("GODEBUG");
  if (found == environment.end()) return false;
  const std::string settings = "," + found->second + ",";
  return settings.find(",http2client=0,") != std::string::npos;
}

}  // namespace

Result<OptionLayer> options_from_json(std::string origin, std::string_view text) {
  try {
    json values = json::parse(text);
    if (!values.is_object()) return bad_json(origin, 1, "expected an object of options");
    return OptionLayer{std::move(origin), std::move(values)};
  } catch (const json::parse_error& failure) {
    const auto end =
        text.begin() + static_cast<std::ptrdiff_t>(std::min(failure.byte, text.size()));
    const auto line = 1 + std::count(text.begin(), end, '\n');
    return bad_json(origin, static_cast<std::size_t>(line), problem_in(failure.what()));
  }
}

Result<OptionLayer> options_from_environment(
    const std::map<std::string, std::string>& environment) {
  OptionLayer layer{std::string(kEnvironmentLayer)};
  Diagnostics diagnostics;
  for (const OptionNames& names : option_table()) {
    if (names.variable.empty()) continue;
    const std::string variable = fmt::format("LOADRUN_{}", names.variable);
    const auto found = environment.find(variable);
    if (found == environment.end() || found->second.empty()) continue;
    auto value = option_from_text(names.syntax, found->second, TextSource::kEnvironment);
    if (value.ok()) {
      layer.values[std::string(names.option)] = std::move(value).value();
    } else {
      diagnostics.error(Place{layer.origin, variable}, value.error().message);
    }
  }
  if (!diagnostics.ok()) return diagnostics.all_errors();
  if (go_refuses_http2(environment)) layer.values.emplace("httpVersion", "1.1");
  return layer;
}

Result<OptionLayer> options_from_flags(
    const std::vector<std::pair<std::string, std::string>>& flags) {
  OptionLayer layer{std::string(kFlagsLayer)};
  Diagnostics diagnostics;
  for (const auto& [flag, text] : flags) {
    const Place place{layer.origin, fmt::format("--{}", flag)};
    const OptionNames* names = option_of_flag(flag);
    if (names == nullptr) {
      diagnostics.error(place, fmt::format("there is no such option{}", flag_suggestion(flag)));
      continue;
    }
    const bool bare = names->syntax == OptionSyntax::kBoolean && text.empty();
    auto value = option_from_text(names->syntax, bare ? "true" : text, TextSource::kFlag);
    if (value.ok()) {
      add_value(layer.values, *names, std::move(value).value());
    } else {
      diagnostics.error(place,
                        fmt::format("invalid argument \"{}\": {}", text, value.error().message));
    }
  }
  if (diagnostics.ok()) return layer;
  Error errors = diagnostics.all_errors();
  errors.code = ExitCode::kGeneric;  // k6: a command line that cannot be read, not a bad test
  return errors;
}

}  // namespace loadrun::plan
