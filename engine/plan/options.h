#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// One layer of options as JSON with k6's option names (`vus`, `summaryTrendStats`, ...) and where it came from
/// ("config file /x.json", "script options", "environment", "flags"): errors name it.
/// Absent keys are unset. The config-file and script layers hold what the user wrote, unvalidated.
struct OptionLayer {
  std::string origin;
  nlohmann::json values = nlohmann::json::object();
};

/// Reads the LOADRUN_* variables of `environment` into a layer (k6-surface 1.3). Fails listing every bad value.
Result<OptionLayer> options_from_environment(const std::map<std::string, std::string>& environment);

/// Consolidates layers (lowest precedence first: config file, script, environment, flags) over the defaults into a Plan.
/// Fails (kInvalidConfig) with ALL errors in one message, each naming layer, option and what was expected.
/// `exports` are the functions the script exports: every scenario's `exec` must be one of them.
Result<Plan> resolve(const std::vector<OptionLayer>& layers, const std::vector<std::string>& exports);

}  // namespace loadrun::plan
