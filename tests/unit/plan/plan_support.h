#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plan/options.h"
#include "support/catch.h"

namespace loadrun::plan::test {

inline OptionLayer script(nlohmann::json values) { return {"script options", std::move(values)}; }

/// At the wall clock's 2026-05-01T11:00:00Z.
inline Result<Plan> resolve_script(nlohmann::json values) {
  return resolve({script(std::move(values))}, {"default"}, 1'777'633'200s);
}

/// The plan of script options that are right.
inline Plan plan_of(nlohmann::json values) {
  auto plan = resolve_script(std::move(values));
  if (!plan.ok()) FAIL(plan.error().message);
  return std::move(plan).value();
}

/// The message of script options that are wrong.
inline std::string error_of(nlohmann::json values) {
  const auto plan = resolve_script(std::move(values));
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kInvalidConfig);
  return plan.error().message;
}

/// The only scenario of a plan with one scenario of these fields.
inline Scenario scenario_of(nlohmann::json fields) {
  return plan_of({{"scenarios", {{"it", std::move(fields)}}}}).scenarios.at(0);
}

}  // namespace loadrun::plan::test
