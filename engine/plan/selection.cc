#include "plan/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "metrics/metric_key.h"

namespace loadrun::plan {
namespace {

std::vector<std::string> scenario_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const Scenario& scenario : plan.scenarios) names.push_back(scenario.name);
  return names;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// The scenario that a threshold's key is about; "" when it is about none in particular.
std::string scenario_of(const std::string& key) {
  const auto parsed = metrics::parse_metric_key(key);
  if (!parsed.ok()) return {};  // reported when thresholds are read
  return std::string(metrics::tag_value(parsed.value().tags, "scenario"));
}

}  // namespace

Result<void> select_scenarios(Plan& plan, const std::vector<std::string>& names) {
  const std::vector<std::string> all = scenario_names(plan);
  std::vector<std::string> unknown = names;
  std::erase_if(unknown, [&](const std::string& name) { return contains(all, name); });
  if (!unknown.empty()) {
    return Error{ExitCode::kInvalidConfig,
                 fmt::format("--scenario: there is no scenario {} (the test has {})",
                             fmt::join(unknown, ", "), fmt::join(all, ", "))};
  }
  std::erase_if(plan.scenarios,
                [&](const Scenario& scenario) { return !contains(names, scenario.name); });
  std::erase_if(plan.thresholds, [&](const metrics::MetricThresholds& entry) {
    const std::string scenario = scenario_of(entry.key);
    const bool is_excluded = contains(all, scenario) && !contains(names, scenario);
    if (is_excluded) {
      plan.warnings.push_back(
          fmt::format("the thresholds on {} are left out: its scenario does not run", entry.key));
    }
    return is_excluded;
  });
  return {};
}

void run_once(Plan& plan) {
  for (Scenario& scenario : plan.scenarios) {
    SharedIterations once;
    if (const Stampede* stampede = stampede_of(scenario.executor)) once.stampede = *stampede;
    once.stampede.start_at.reset();
    once.stampede.longest_wait = 0ns;
    scenario.executor = std::move(once);
    scenario.start_time = 0ns;
  }
}

}  // namespace loadrun::plan
