#include "outputs/csv_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/duration.h"

namespace loadrun::outputs {
namespace {

/// In the order of CsvTimeFormat.
constexpr std::array<std::string_view, 6> kTimeFormats{"unix",      "unix_milli", "unix_micro",
                                                       "unix_nano", "rfc3339",    "rfc3339_nano"};

Error unreadable(std::string message) { return {ExitCode::kGeneric, std::move(message)}; }

using Setter = Result<void> (*)(CsvSettings& settings, std::string_view value);

Result<void> set_file_name(CsvSettings& settings, std::string_view value) {
  settings.file_name = value;
  return {};
}

Result<void> check_interval(CsvSettings&, std::string_view value) {
  const auto interval = parse_duration(value);
  if (interval.ok() && interval.value() > 0ns) return {};
  return unreadable(fmt::format("\"{}\" is no interval (expected a duration like 1s)", value));
}

Result<void> set_time_format(CsvSettings& settings, std::string_view value) {
  const auto found = std::ranges::find(kTimeFormats, value);
  if (found == kTimeFormats.end()) {
    return unreadable(fmt::format("\"{}\" is no time format (expected {})", value,
                                  fmt::join(kTimeFormats, ", ")));
  }
  settings.time_format = static_cast<CsvTimeFormat>(found - kTimeFormats.begin());
  return {};
}

struct Setting {
  std::string_view key;
  const char* variable;
  Setter set;
};

constexpr std::array kSettings{
    Setting{"fileName", "LOADRUN_CSV_FILENAME", set_file_name},
    Setting{"saveInterval", "LOADRUN_CSV_SAVE_INTERVAL", check_interval},
    Setting{"timeFormat", "LOADRUN_CSV_TIME_FORMAT", set_time_format},
};

/// One "key=value" of the argument.
Result<void> read_pair(CsvSettings& settings, std::string_view pair) {
  const std::size_t equals = pair.find('=');
  const auto setting = std::ranges::find(kSettings, pair.substr(0, equals), &Setting::key);
  if (equals == std::string_view::npos || setting == kSettings.end()) {
    return unreadable(
        fmt::format("unknown key \"{}\" (expected a file name, or fileName=, saveInterval= and "
                    "timeFormat= separated by commas)",
                    pair.substr(0, equals)));
  }
  return setting->set(settings, pair.substr(equals + 1));
}

}  // namespace

Result<CsvSettings> read_csv_settings(std::string_view argument, const Environment& environment) {
  CsvSettings settings;
  for (const Setting& setting : kSettings) {
    const auto value = environment(setting.variable);
    if (!value || value->empty()) continue;
    if (Result<void> set = setting.set(settings, *value); !set.ok()) {
      return unreadable(fmt::format("{}: {}", setting.variable, set.error().message));
    }
  }
  if (argument.find('=') == std::string_view::npos) {
    if (!argument.empty()) settings.file_name = argument;
    return settings;
  }
  while (!argument.empty()) {
    const std::size_t comma = std::min(argument.find(','), argument.size());
    if (Result<void> set = read_pair(settings, argument.substr(0, comma)); !set.ok()) {
      return set.error();
    }
    argument.remove_prefix(std::min(comma + 1, argument.size()));
  }
  return settings;
}

}  // namespace loadrun::outputs
