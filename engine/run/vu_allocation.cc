#include "run/vu_allocation.h"

#include <algorithm>

namespace loadrun::run {
namespace {

/// At `at`, a scenario's reservation changes by `change` VUs.
struct Change {
  Nanoseconds at;
  std::int64_t change;
};

void append_changes(std::vector<Change>& changes, const plan::Scenario& scenario,
                    const plan::Striping& striping, std::uint32_t worker) {
  std::int64_t before = 0;
  for (const plan::VuStep& step : plan::reserved_vu_steps(scenario)) {
    const std::int64_t share = striping.share(step.vus, worker);
    if (share != before) changes.push_back({scenario.start_time + step.at, share - before});
    before = share;
  }
}

}  // namespace

std::int64_t vus_needed(const plan::Plan& plan, const std::vector<plan::Striping>& stripings,
                        std::uint32_t worker) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    append_changes(changes, plan.scenarios[i], stripings[i], worker);
  }
  // At the same instant the new ones first: the worker may start a scenario before it ended the
  // other.
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.at != b.at ? a.at < b.at : a.change > b.change;
  });
  std::int64_t now = 0;
  std::int64_t most = 0;
  for (const Change& change : changes) {
    now += change.change;
    most = std::max(most, now);
  }
  return most;
}

}  // namespace loadrun::run
