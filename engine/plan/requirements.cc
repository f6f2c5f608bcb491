#include <algorithm>
#include <cstddef>
#include <map>

#include "plan/schedule.h"

namespace loadrun::plan {
namespace {

// At each time: the most VUs a scenario has at that very time, and what it goes on with.
struct Change {
  std::size_t scenario = 0;
  std::int64_t peak = 0;
  std::int64_t after = 0;
};
using Timeline = std::map<Nanoseconds, std::vector<Change>>;

void add_scenario(Timeline& timeline, std::size_t index, Nanoseconds start,
                  const std::vector<VuStep>& steps) {
  for (const VuStep& step : steps) {
    std::vector<Change>& changes = timeline[start + step.at];
    if (changes.empty() || changes.back().scenario != index) changes.push_back({index, 0, 0});
    changes.back().peak = std::max(changes.back().peak, step.vus);
    changes.back().after = step.vus;
  }
}

// VUs released at an instant serve the scenarios that start at it.
std::int64_t most_at_once(const Timeline& timeline, std::size_t scenarios) {
  std::vector<std::int64_t> current(scenarios, 0);
  std::int64_t sum = 0;
  std::int64_t most = 0;
  for (const auto& [at, changes] : timeline) {
    std::int64_t peak = sum;
    for (const Change& change : changes) {
      peak += change.peak - current[change.scenario];
      sum += change.after - current[change.scenario];
      current[change.scenario] = change.after;
    }
    most = std::max({most, peak, sum});
  }
  return most;
}

}  // namespace

Requirements requirements(const Plan& plan) {
  Timeline planned;
  Timeline possible;
  Requirements needs;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    const Scenario& scenario = plan.scenarios[i];
    add_scenario(planned, i, scenario.start_time, reserved_vu_steps(scenario));
    add_scenario(possible, i, scenario.start_time, possible_vu_steps(scenario));
    needs.total_duration = std::max(needs.total_duration, latest_end(scenario));
  }
  needs.planned_vus = most_at_once(planned, plan.scenarios.size());
  needs.max_vus = most_at_once(possible, plan.scenarios.size());
  return needs;
}

}  // namespace loadrun::plan
