#include "outputs/make_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "outputs/csv_output.h"
#include "outputs/json_output.h"
#include "outputs/result_file.h"

namespace loadrun::outputs {
namespace {

using Made = Result<std::unique_ptr<Output>>;

/// An output by name.
struct Kind {
  std::string_view name;
  /// From the argument, "" when there is none.
  Made (*make)(std::string_view argument, const Environment& environment);
};

// Sorted by name.
constexpr std::array kKinds{Kind{"csv", make_csv_output}, Kind{"json", make_json_output},
                            Kind{"result", make_result_file}};

// Those that k6 has or had.
constexpr std::array kMissing{"cloud",
                              "datadog",
                              "experimental-opentelemetry",
                              "experimental-prometheus-rw",
                              "influxdb",
                              "kafka",
                              "opentelemetry",
                              "statsd",
                              "web-dashboard"};

std::string available() {
  std::vector<std::string_view> names;
  names.reserve(kKinds.size());
  for (const Kind& kind : kKinds) names.push_back(kind.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

Error cannot_make(std::string_view name, std::string_view reason) {
  return {ExitCode::kGeneric, fmt::format("could not create the '{}' output: {}", name, reason)};
}

}  // namespace

Made make_output(std::string_view spec, const Environment& environment) {
  const std::size_t equals = std::min(spec.find('='), spec.size());
  const std::string_view name = spec.substr(0, equals);
  const std::string_view argument = spec.substr(std::min(equals + 1, spec.size()));
  if (const auto kind = std::ranges::find(kKinds, name, &Kind::name); kind != kKinds.end()) {
    Made made = kind->make(argument, environment);
    return made.ok() ? std::move(made) : cannot_make(name, made.error().message);
  }
  if (std::ranges::find(kMissing, name) != kMissing.end()) {
    return cannot_make(name, fmt::format("this version of loadrun does not have it; available "
                                         "types are: {}",
                                         available()));
  }
  return Error{ExitCode::kGeneric,
               fmt::format("invalid output type '{}', available types are: {}", name, available())};
}

std::vector<std::string> split_specs(std::string_view list) {
  std::vector<std::string> specs;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const auto spec = trimmed(list.substr(0, comma)); !spec.empty()) specs.emplace_back(spec);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return specs;
}

}  // namespace loadrun::outputs
