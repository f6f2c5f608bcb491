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

void add_scenario(Timeline& timeline, std::size_t index, const Scenario& scenario,
                  std::int64_t unplanned) {
  for (const VuStep& step : reserved_vu_steps(scenario)) {
    const std::int64_t vus = step.vus == 0 ? 0 : step.vus + unplanned;
    std::vector<Change>& changes = timeline[scenario.start_time + step.at];
    if (changes.empty() || changes.back().scenario != index) changes.push_back({index, 0, 0});
    changes.back().peak = std::max(changes.back().peak, vus);
    changes.back().after = vus;
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
    const std::int64_t preallocated = reserved_vu_steps(scenario).front().vus;
    const std::int64_t unplanned =
        is_open(scenario.executor) ? max_vus(scenario) - preallocated : 0;
    add_scenario(planned, i, scenario, 0);
    add_scenario(possible, i, scenario, unplanned);
    needs.total_duration = std::max(needs.total_duration, latest_end(scenario));
  }
  needs.planned_vus = most_at_once(planned, plan.scenarios.size());
  needs.max_vus = most_at_once(possible, plan.scenarios.size());
  return needs;
}

}  // namespace loadrun::plan
