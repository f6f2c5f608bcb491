#include "run/vu_allocation.h"

#include <algorithm>

namespace loadrun::run {
namespace {

/// At `at`, a scenario's reservation changes by `change` VUs.
struct Change {
  Nanoseconds at;
  std::int64_t change;
};

/// Which VUs of a scenario count: plan::reserved_vu_steps or plan::possible_vu_steps.
using StepsOf = std::vector<plan::VuStep> (*)(const plan::Scenario& scenario);

void append_changes(std::vector<Change>& changes, const plan::Scenario& scenario,
                    const plan::Striping& striping, std::uint32_t worker, StepsOf steps_of) {
  std::int64_t before = 0;
  for (const plan::VuStep& step : steps_of(scenario)) {
    const std::int64_t share = striping.share(step.vus, worker);
    if (share != before) changes.push_back({scenario.start_time + step.at, share - before});
    before = share;
  }
}

std::vector<Change> all_changes(const plan::Plan& plan,
                                const std::vector<plan::Striping>& stripings, std::uint32_t worker,
                                StepsOf steps_of) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    append_changes(changes, plan.scenarios[i], stripings[i], worker, steps_of);
  }
  return changes;
}

std::int64_t most_at_once(const std::vector<Change>& changes) {
  std::int64_t now = 0;
  std::int64_t most = 0;
  for (const Change& change : changes) {
    now += change.change;
    most = std::max(most, now);
  }
  return most;
}

}  // namespace

std::int64_t vus_needed(const plan::Plan& plan, const std::vector<plan::Striping>& stripings,
                        std::uint32_t worker) {
  std::vector<Change> changes = all_changes(plan, stripings, worker, plan::reserved_vu_steps);
  // At the same instant the new ones first: the worker may start a scenario before it ended the
  // other.
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.at != b.at ? a.at < b.at : a.change > b.change;
  });
  return most_at_once(changes);
}

std::int64_t vus_at_most(const plan::Plan& plan, const std::vector<plan::Striping>& stripings,
                         std::uint32_t worker) {
  std::vector<Change> changes = all_changes(plan, stripings, worker, plan::possible_vu_steps);
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.at != b.at ? a.at < b.at : a.change < b.change;
  });
  return most_at_once(changes);
}

}  // namespace loadrun::run
