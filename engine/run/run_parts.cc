#include "run/run_parts.h"

#include <algorithm>
#include <variant>

#include "plan/overloaded.h"
#include "plan/schedule.h"
#include "run/addressing.h"

namespace loadrun::run {
namespace {

double share_of(double part, double whole) {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1.0;
}

}  // namespace

RunParts::RunParts(const plan::Plan& the_plan, std::uint32_t worker_count, EventQueue& event_queue,
                   const Clock& clock)
    : plan(the_plan),
      workers(worker_count),
      stripings(plan::stripings(the_plan, worker_count)),
      events(event_queue),
      peers(worker_count, nullptr),
      live(worker_count, the_plan.scenarios.size()),
      resolver(make_resolver(the_plan, clock)) {
  for (std::size_t i = 0; i < the_plan.scenarios.size(); ++i) scenarios.emplace_back(worker_count);
  if (the_plan.rps > 0) rate_limit.emplace(the_plan.rps);
}

bool FreeVus::take() {
  std::int64_t count = count_.load(std::memory_order_relaxed);
  while (count > 0) {
    if (count_.compare_exchange_weak(count, count - 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

std::int64_t iterations_of(const plan::Scenario& scenario) {
  return std::visit(
      plan::Overloaded{
          [&](const plan::SharedIterations&) { return plan::shared_iterations(scenario); },
          [&](const plan::PerVuIterations& e) { return plan::max_vus(scenario) * e.iterations; },
          [](const auto&) { return std::int64_t{0}; }},
      scenario.executor);
}

double progress_of(const plan::Scenario& scenario, std::int64_t completed, Nanoseconds elapsed) {
  const std::int64_t iterations = iterations_of(scenario);
  if (iterations > 0) {
    return share_of(static_cast<double>(completed), static_cast<double>(iterations));
  }
  return share_of(to_seconds(elapsed), to_seconds(plan::regular_duration(scenario)));
}

std::vector<report::ScenarioResult> scenario_results(const RunParts& run) {
  std::vector<report::ScenarioResult> results;
  for (std::size_t i = 0; i < run.plan.scenarios.size(); ++i) {
    const LiveTotals totals = run.live.scenario(i);
    results.push_back({.name = run.plan.scenarios[i].name,
                       .started = totals.started,
                       .completed = totals.completed,
                       .failed = totals.failed,
                       .interrupted = totals.interrupted,
                       .dropped = totals.dropped});
  }
  return results;
}

std::vector<report::Unscheduled> unscheduled(const RunParts& run) {
  std::vector<report::Unscheduled> found;
  for (std::size_t i = 0; i < run.plan.scenarios.size(); ++i) {
    const LiveTotals totals = run.live.scenario(i);
    if (totals.unscheduled == 0) continue;
    found.push_back({run.plan.scenarios[i].name, totals.unscheduled, totals.longest_wait});
  }
  return found;
}

}  // namespace loadrun::run
