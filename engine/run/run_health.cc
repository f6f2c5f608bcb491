#include "run/run_health.h"

#include <algorithm>

#include "net/limits.h"

namespace loadrun::run {
namespace {

void add_arrivals(metrics::Health& health, const RunParts& run) {
  for (std::size_t i = 0; i < run.plan.scenarios.size(); ++i) {
    const plan::Executor& executor = run.plan.scenarios[i].executor;
    const bool searches = std::holds_alternative<plan::Capacity>(executor);  // for what drops them
    if (!plan::is_open(executor) || searches) continue;
    const LiveTotals totals = run.live.scenario(i);
    health.intended += totals.intended;
    health.unscheduled += totals.unscheduled;
    health.dropped += totals.dropped - totals.unscheduled;  // which were dropped, too
  }
}

}  // namespace

void add_limits(metrics::Health& health, const plan::Plan& plan) {
  const net::ClientLimits limits = net::client_limits();
  health.file_limit = limits.descriptors;
  const std::uint64_t addresses = std::max<std::uint64_t>(plan.addresses.local.size(), 1);
  if (limits.ports != 0) health.port_limit = limits.ports * addresses;
}

void add_totals(metrics::Health& health, const RunParts& run, const StallWatch& stalls,
                TimePoint end) {
  add_arrivals(health, run);
  const Nanoseconds length = end - run.times.scenarios.load();
  health.seconds = length / 1s;
  for (std::uint32_t worker = 0; worker < run.workers; ++worker) {
    if (!stalls.lost(worker)) continue;
    ++health.lost_workers;
    const Nanoseconds turn = end - stalls.last_turn(worker);
    if (turn <= 0ns) continue;  // lost after the scenarios
    metrics::keep(health,
                  metrics::WorkerSecond{
                      .worker = worker, .second = health.seconds, .busy = 1, .longest_turn = turn});
  }
}

}  // namespace loadrun::run
