#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// One layer of options as JSON with k6's option names (`vus`, `summaryTrendStats`, ...) and where
/// it came from
/// ("config file /x.json", "script options", "environment", "flags"): errors name it.
/// Absent and null keys are unset. The config-file and script layers hold what the user wrote,
/// unvalidated.
struct OptionLayer {
  std::string origin;
  nlohmann::json values = nlohmann::json::object();
};

/// The origins of the layers that options_from_environment and options_from_flags make.
inline constexpr std::string_view kEnvironmentLayer = "environment";
inline constexpr std::string_view kFlagsLayer = "flags";

/// Reads the text of a config file. Fails (kInvalidConfig) on anything but one JSON object, naming
/// `origin`, the line and what is wrong there.
Result<OptionLayer> options_from_json(std::string origin, std::string_view text);

/// Reads the LOADRUN_* variables of `environment` that are options; the others are none of its
/// business, and an empty value is as good as none. Durations without a unit are milliseconds,
/// except in LOADRUN_STAGES; LOADRUN_THRESHOLDS and LOADRUN_HOSTS are JSON. GODEBUG=http2client=0,
/// as in k6, is the httpVersion "1.1" unless LOADRUN_HTTP_VERSION says something. Fails
/// (kInvalidConfig) listing every bad value with its variable.
Result<OptionLayer> options_from_environment(const std::map<std::string, std::string>& environment);

/// Reads the option flags of the command line: pairs of long name without dashes and value, in
/// their order; `stage`, `tag`, `blacklist-ip` and `block-hostnames` may be repeated, of the others
/// the last one counts. An empty value of a boolean flag is true. Durations need a unit. Fails
/// (kGeneric) listing every bad value and every name that is no option's.
Result<OptionLayer> options_from_flags(
    const std::vector<std::pair<std::string, std::string>>& flags);

/// Consolidates layers (lowest precedence first: config file, script, environment, flags) over the
/// defaults into a Plan. Fails (kInvalidConfig) with ALL errors in one message, one a line, each
/// naming layer, option and what was expected. `exports` are the functions the script exports:
/// every scenario's `exec` must be one of them. A script that exports nothing fails with kGeneric.
/// `wall` is the time of day, since the epoch: a `startAt` on it has to lie ahead.
Result<Plan> resolve(const std::vector<OptionLayer>& layers,
                     const std::vector<std::string>& exports, Nanoseconds wall = 0ns);

}  // namespace loadrun::plan
