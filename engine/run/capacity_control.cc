#include "run/capacity_control.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace loadrun::run {
namespace {

using plan::Probe;

// An order reaches all workers by then.
constexpr Nanoseconds kLead = 20ms;
constexpr Nanoseconds kBetweenLooks = 90ms;

const plan::Capacity* search_of(const plan::Scenario& scenario) {
  return std::get_if<plan::Capacity>(&scenario.executor);
}

std::vector<metrics::Objective> objectives_of(const plan::Capacity& executor,
                                              const metrics::Registry& registry) {
  return metrics::Objective::create(executor.objective, registry).value();
}

std::int64_t running(const LiveTotals& totals) {
  return totals.started - totals.completed - totals.interrupted;
}

}  // namespace

Result<void> check_objective(const plan::Plan& plan, const metrics::Registry& registry) {
  for (const plan::Scenario& scenario : plan.scenarios) {
    const plan::Capacity* executor = search_of(scenario);
    if (executor == nullptr) continue;
    const auto checked =
        metrics::Objective::create(executor->objective, registry, threshold_context(plan));
    if (checked.ok()) continue;
    return Error{checked.error().code,
                 fmt::format("scenario {}: objective: {}", scenario.name, checked.error().message)};
  }
  return {};
}

std::unique_ptr<CapacityControl> CapacityControl::of(RunParts& run,
                                                     std::vector<std::unique_ptr<Worker>>& workers,
                                                     Measurements& measurements) {
  const auto& scenarios = run.plan.scenarios;
  const auto found = std::ranges::find_if(
      scenarios, [](const plan::Scenario& scenario) { return search_of(scenario) != nullptr; });
  if (found == scenarios.end()) return nullptr;
  return std::make_unique<CapacityControl>(
      Parts{run, workers, measurements, static_cast<std::size_t>(found - scenarios.begin())});
}

CapacityControl::CapacityControl(const Parts& parts)
    : parts_(parts),
      scenario_(parts.run.plan.scenarios[parts.scenario]),
      executor_(*search_of(scenario_)),
      objectives_(objectives_of(executor_, parts.measurements.registry())),
      search_(executor_),
      measured_(objectives_, parts.measurements.registry()) {
  result_.scenario = scenario_.name;
  result_.time_unit = executor_.time_unit;
  result_.start = executor_.start;
  result_.max_rate = executor_.max_rate;
  parts_.measurements.watch(measured_);
}

Nanoseconds CapacityControl::elapsed(TimePoint now) const {
  return now - parts_.run.times.scenarios.load() - scenario_.start_time;
}

double CapacityControl::per_second(std::int64_t rate) const {
  return static_cast<double>(rate) / to_seconds(executor_.time_unit);
}

void CapacityControl::tick(TimePoint now) {
  if (elapsed(now) < 0ns || state_ == State::kDone) return;
  if (state_ == State::kWaiting) return begin_probe(now);
  if (state_ == State::kDraining) return drain(now);
  if (elapsed(now) >= piece_.start && now - last_look_ >= kBetweenLooks) look(now);
}

void CapacityControl::post(const Command& command) {
  for (auto& worker : parts_.workers) worker->post(command);
}

void CapacityControl::announce(std::int64_t probe, std::int64_t rate, TimePoint now) {
  const Nanoseconds start = elapsed(now) + kLead;
  const std::int64_t before =
      piece_.first + plan::arrivals_until(start, piece_, executor_.time_unit);
  piece_ = {.probe = probe, .rate = rate, .start = start, .first = before};
  post({.kind = Command::Kind::kProbe, .scenario = parts_.scenario, .piece = piece_});
}

void CapacityControl::begin_probe(TimePoint now) {
  const plan::ProbeOrder order = *search_.next();
  const auto number = static_cast<std::int64_t>(result_.probes.size()) + 1;
  announce(number, order.rate, now);
  Probe& probe = result_.probes.emplace_back();
  probe.number = number;
  probe.order = order;
  probe.start = piece_.start;
  judge_.emplace(objectives_,
                 metrics::ProbeTerms{.rate = per_second(order.rate),
                                     .settle = executor_.settle,
                                     .longest = plan::longest_probe(executor_, order.kind),
                                     .ends_when_fine = order.kind != plan::ProbeKind::kHold});
  before_ = parts_.run.live.scenario(parts_.scenario);
  measured_.begin(number);
  settled_ = false;
  last_look_ = now;
  state_ = State::kProbing;
}

metrics::ProbeCounts CapacityControl::counts(TimePoint now) const {
  const LiveTotals totals = parts_.run.live.scenario(parts_.scenario);
  const std::int64_t dropped = totals.dropped - before_.dropped;
  return {.at = elapsed(now) - piece_.start,
          .arrivals = totals.started - before_.started + dropped,
          .dropped = dropped,
          .completed = totals.completed - before_.completed,
          .running = running(totals)};
}

void CapacityControl::look(TimePoint now) {
  last_look_ = now;
  const metrics::ProbeCounts seen = counts(now);
  judge_->look(seen);
  if (!settled_ && seen.at >= executor_.settle) {
    settled_ = true;
    return measured_.begin(piece_.probe);
  }
  if (const auto decision = judge_->decide(measured_.objectives())) end_probe(*decision, now);
}

/// What is known of the probe that runs, or of its end.
void CapacityControl::describe_probe(TimePoint now) {
  Probe& probe = result_.probes.back();
  const metrics::ProbeCounts seen = counts(now);
  probe.length = seen.at;
  probe.arrivals = seen.arrivals;
  probe.dropped = seen.dropped;
  probe.completed = seen.completed;
  for (std::size_t i = 0; i < ProbeMeasurements::kLatencies.size(); ++i) {
    const metrics::Trend& latency = measured_.latency(i);
    if (latency.count() == 0) continue;
    probe.avg = latency.avg();
    probe.p95 = latency.percentile(0.95);
    probe.p99 = latency.percentile(0.99);
    const auto id = metrics::id_of(ProbeMeasurements::kLatencies[i]);
    result_.latency_metric = parts_.measurements.registry().metric(id).name;
  }
}

void CapacityControl::end_probe(const metrics::ProbeDecision& decision, TimePoint now) {
  describe_probe(now);
  Probe& probe = result_.probes.back();
  probe.outcome = decision.held ? Probe::Outcome::kHeld : Probe::Outcome::kBroke;
  probe.is_certain = decision.is_certain;
  probe.broken = decision.broken;
  log_debug("probe {}: {} at {} {}", probe.number, probe.order.rate,
            decision.held ? "held" : "broke", probe.broken);
  if (probe.number == 1) warn_of_silence();
  search_.take(decision.held);
  if (decision.held) return go_on(now);
  announce(0, 0, now);
  state_ = State::kDraining;
  drained_by_ = now + executor_.step_duration;
}

/// A slip in a tag would hold for ever.
void CapacityControl::warn_of_silence() const {
  for (std::size_t i = 0; i < objectives_.size(); ++i) {
    if (!metrics::is_empty(measured_.objectives()[i])) continue;
    log_warning("the objective {} saw no sample in the first probe: without any, it holds",
                objectives_[i].name());
  }
}

/// A queue that a probe has left behind is not measured by the next one.
void CapacityControl::drain(TimePoint now) {
  const bool is_late = now >= drained_by_;
  if (elapsed(now) < piece_.start) return;
  if (running(parts_.run.live.scenario(parts_.scenario)) > 0 && !is_late) return;
  if (is_late) post({.kind = Command::Kind::kCutOff, .scenario = parts_.scenario});
  go_on(now);
}

void CapacityControl::go_on(TimePoint now) {
  if (search_.next()) return begin_probe(now);
  complete(now);
}

void CapacityControl::complete(TimePoint now) {
  state_ = State::kDone;
  result_.is_finished = true;
  announce(0, 0, now);
  post({.kind = Command::Kind::kEnd, .scenario = parts_.scenario});
  if (const auto held = search_.held()) {
    parts_.measurements.sample(metrics::Builtin::kLoadrunCapacity, per_second(*held), now);
  }
}

plan::CapacityResult CapacityControl::finish(TimePoint now) {
  if (state_ == State::kProbing) describe_probe(now);
  result_.is_confirmed = search_.is_confirmed();
  result_.sustained = search_.held();
  result_.broken = search_.broken();
  for (const Probe& probe : result_.probes) {
    if (probe.outcome == Probe::Outcome::kBroke && probe.order.rate == result_.broken) {
      result_.broken_by = probe.broken;
    }
  }
  result_.knee = plan::knee_of(result_.probes);
  return result_;
}

std::string CapacityControl::status() const {
  if (state_ == State::kDraining) return "draining";
  if (state_ != State::kProbing) return {};
  return fmt::format("probe {}: {} at {:.2f} iters/s", piece_.probe,
                     plan::to_string(result_.probes.back().order.kind), per_second(piece_.rate));
}

}  // namespace loadrun::run
