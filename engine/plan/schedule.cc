#include "plan/schedule.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "plan/capacity_search.h"
#include "plan/overloaded.h"
#include "plan/reservation.h"

namespace loadrun::plan {
namespace {

Nanoseconds total(const std::vector<Stage>& stages) {
  return std::accumulate(stages.begin(), stages.end(), Nanoseconds(0),
                         [](Nanoseconds sum, const Stage& stage) { return sum + stage.duration; });
}

// part / whole of d, exactly: the remainder is taken apart so that no product leaves 64 bits.
Nanoseconds fraction(Nanoseconds d, std::int64_t part, std::int64_t whole) {
  const std::int64_t quotient = d.count() / whole;
  const std::int64_t rest = d.count() % whole;
  return Nanoseconds(quotient * part + rest * part / whole);
}

void add_stage(std::vector<VuStep>& steps, Nanoseconds start, std::int64_t from,
               const Stage& stage) {
  const std::int64_t change = stage.target - from;
  if (change == 0) return;
  if (stage.duration == 0ns) {
    steps.push_back({start, stage.target});
    return;
  }
  const std::int64_t count = std::abs(change);
  const std::int64_t sign = change > 0 ? 1 : -1;
  for (std::int64_t i = 1; i <= count; ++i) {
    steps.push_back({start + fraction(stage.duration, i, count), from + sign * i});
  }
}

// What is left of steps of the whole in a part of it.
std::vector<VuStep> scaled(const std::vector<VuStep>& steps, const Stripes& part) {
  std::vector<VuStep> kept;
  for (const VuStep& step : steps) {
    const VuStep here{step.at, part.share(step.vus)};
    if (kept.empty() || here.vus != kept.back().vus) kept.push_back(here);
  }
  return kept;
}

std::vector<VuStep> ended(std::vector<VuStep> steps, Nanoseconds end) {
  if (steps.back() != VuStep{end, 0}) steps.push_back({end, 0});
  return steps;
}

std::vector<VuStep> block(std::int64_t vus, Nanoseconds duration) {
  return {{0ns, vus}, {duration, 0}};
}

// Of the whole.
std::int64_t most_vus(const Executor& executor) {
  return std::visit(Overloaded{[](const ConstantArrivalRate& e) { return e.max_vus; },
                               [](const RampingArrivalRate& e) { return e.max_vus; },
                               [](const ExternallyControlled& e) { return e.max_vus; },
                               [](const Capacity& e) { return e.max_vus; },
                               [](const RampingVus& e) {
                                 std::int64_t most = e.start_vus;
                                 for (const Stage& stage : e.stages) {
                                   most = std::max(most, stage.target);
                                 }
                                 return most;
                               },
                               [](const auto& e) { return e.vus; }},
                    executor);
}

}  // namespace

std::vector<VuStep> ramp_steps(const RampingVus& ramp, const Stripes& part) {
  std::vector<VuStep> steps{{0ns, ramp.start_vus}};
  Nanoseconds at{0};
  std::int64_t vus = ramp.start_vus;
  for (const Stage& stage : ramp.stages) {
    add_stage(steps, at, vus, stage);
    at += stage.duration;
    vus = stage.target;
  }
  return scaled(steps, part);
}

std::vector<VuStep> controlled_vu_steps(const Scenario& scenario,
                                        const std::vector<VuStep>& targets) {
  const Nanoseconds end = regular_duration(scenario);
  std::vector<VuStep> steps{{0ns, std::get<ExternallyControlled>(scenario.executor).vus}};
  for (const VuStep& target : targets) {
    if (target.at < end) steps.push_back(target);
  }
  return ended(scaled(steps, scenario.tuple.stripes()), end);
}

std::vector<VuStep> vu_steps(const Scenario& scenario) {
  LOADRUN_CHECK(!is_open(scenario.executor));
  const Nanoseconds end = regular_duration(scenario);
  return std::visit(
      Overloaded{
          [&](const RampingVus& e) { return ended(ramp_steps(e, scenario.tuple.stripes()), end); },
          [&](const ExternallyControlled&) { return controlled_vu_steps(scenario, {}); },
          [&](const auto&) { return block(max_vus(scenario), end); }},
      scenario.executor);
}

Nanoseconds preparation(const Scenario& scenario) {
  const Stampede* stampede = stampede_of(scenario.executor);
  if (stampede == nullptr) return 0ns;
  return std::max(stampede->prepare.empty() ? 0ns : stampede->prepare_timeout,
                  stampede->longest_wait);
}

bool prepares(const Scenario& scenario) {
  const Stampede* stampede = stampede_of(scenario.executor);
  return stampede != nullptr && !stampede->prepare.empty();
}

std::optional<Nanoseconds> release_at(const Scenario& scenario, Nanoseconds start) {
  const Stampede* stampede = stampede_of(scenario.executor);
  if (stampede == nullptr || !stampede->start_at) return std::nullopt;
  const StartAt& at = *stampede->start_at;
  return at.origin == StartAt::Origin::kEpoch ? at.offset - start : at.offset;
}

std::vector<VuStep> reserved_vu_steps(const Scenario& scenario) {
  const Nanoseconds end =
      preparation(scenario) + regular_duration(scenario) + scenario.graceful_stop;
  const Stripes& part = scenario.tuple.stripes();
  return std::visit(
      Overloaded{
          [&](const RampingVus& e) {
            return reserve(ramp_steps(e, part), e.graceful_ramp_down, end);
          },
          [&](const ConstantArrivalRate& e) { return block(part.share(e.pre_allocated_vus), end); },
          [&](const RampingArrivalRate& e) { return block(part.share(e.pre_allocated_vus), end); },
          [&](const Capacity& e) { return block(part.share(e.pre_allocated_vus), end); },
          [&](const auto&) { return block(max_vus(scenario), end); }},
      scenario.executor);
}

std::vector<VuStep> possible_vu_steps(const Scenario& scenario) {
  std::vector<VuStep> reserved = reserved_vu_steps(scenario);
  if (!is_open(scenario.executor)) return reserved;
  return {{0ns, max_vus(scenario)}, {reserved.back().at, 0}};
}

Nanoseconds regular_duration(const Scenario& scenario) {
  return std::visit(Overloaded{[](const ConstantVus& e) { return e.duration; },
                               [](const RampingVus& e) { return total(e.stages); },
                               [](const SharedIterations& e) { return e.max_duration; },
                               [](const PerVuIterations& e) { return e.max_duration; },
                               [](const ConstantArrivalRate& e) { return e.duration; },
                               [](const RampingArrivalRate& e) { return total(e.stages); },
                               [](const ExternallyControlled& e) {
                                 return e.duration > 0ns ? e.duration : kEndless;
                               },
                               [](const Capacity& e) { return longest_search(e); }},
                    scenario.executor);
}

Nanoseconds latest_end(const Scenario& scenario) {
  if (max_vus(scenario) == 0) return scenario.start_time;
  const Nanoseconds last_vu = reserved_vu_steps(scenario).back().at;
  return scenario.start_time + std::max(regular_duration(scenario), last_vu);
}

std::int64_t max_vus(const Scenario& scenario) {
  return scenario.tuple.stripes().share(most_vus(scenario.executor));
}

Stripes iteration_stripes(const Scenario& scenario) {
  const bool divides =
      is_open(scenario.executor) || std::holds_alternative<SharedIterations>(scenario.executor);
  if (!divides) return scenario.tuple.stripes();
  const auto tuple = scenario.tuple.rescaled(most_vus(scenario.executor));
  return tuple ? tuple->stripes() : Stripes{1, {}};
}

std::int64_t shared_iterations(const Scenario& scenario) {
  return iteration_stripes(scenario).share(
      std::get<SharedIterations>(scenario.executor).iterations);
}

}  // namespace loadrun::plan
