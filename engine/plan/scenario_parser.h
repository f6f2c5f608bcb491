#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plan/object_reader.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// Reads one scenario from its fields; a field that neither scenarios nor its executor have is an
/// error. Everything wrong is reported to the reader's diagnostics. None when the executor is
/// unknown.
std::optional<Scenario> parse_scenario(const std::string& name, ObjectReader& fields);

/// Reads the value of the option `scenarios`, which is at `place`: scenarios by name, sorted.
/// REQUIRES: scenarios.is_object().
std::vector<Scenario> parse_scenarios(const nlohmann::json& scenarios, const Place& place,
                                      Diagnostics& diagnostics);

}  // namespace loadrun::plan
