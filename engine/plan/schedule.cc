#include "plan/schedule.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
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

std::vector<VuStep> block(std::int64_t vus, Nanoseconds duration) {
  return {{0ns, vus}, {duration, 0}};
}

}  // namespace

std::vector<VuStep> ramp_steps(const RampingVus& ramp) {
  std::vector<VuStep> steps{{0ns, ramp.start_vus}};
  Nanoseconds at{0};
  std::int64_t vus = ramp.start_vus;
  for (const Stage& stage : ramp.stages) {
    add_stage(steps, at, vus, stage);
    at += stage.duration;
    vus = stage.target;
  }
  return steps;
}

std::vector<VuStep> vu_steps(const Scenario& scenario) {
  LOADRUN_CHECK(!is_open(scenario.executor));
  return std::visit(
      Overloaded{[](const ConstantVus& e) { return block(e.vus, e.duration); },
                 [](const SharedIterations& e) { return block(e.vus, e.max_duration); },
                 [](const PerVuIterations& e) { return block(e.vus, e.max_duration); },
                 [](const RampingVus& e) {
                   std::vector<VuStep> steps = ramp_steps(e);
                   const VuStep end{total(e.stages), 0};
                   if (steps.back() != end) steps.push_back(end);
                   return steps;
                 },
                 [](const auto&) { return std::vector<VuStep>(); }},
      scenario.executor);
}

std::vector<VuStep> reserved_vu_steps(const Scenario& scenario) {
  const Nanoseconds end = regular_duration(scenario) + scenario.graceful_stop;
  return std::visit(
      Overloaded{
          [&](const RampingVus& e) { return reserve(ramp_steps(e), e.graceful_ramp_down, end); },
          [&](const ConstantArrivalRate& e) { return block(e.pre_allocated_vus, end); },
          [&](const RampingArrivalRate& e) { return block(e.pre_allocated_vus, end); },
          [&](const auto& e) { return block(e.vus, end); }},
      scenario.executor);
}

Nanoseconds regular_duration(const Scenario& scenario) {
  return std::visit(Overloaded{[](const ConstantVus& e) { return e.duration; },
                               [](const RampingVus& e) { return total(e.stages); },
                               [](const SharedIterations& e) { return e.max_duration; },
                               [](const PerVuIterations& e) { return e.max_duration; },
                               [](const ConstantArrivalRate& e) { return e.duration; },
                               [](const RampingArrivalRate& e) { return total(e.stages); }},
                    scenario.executor);
}

Nanoseconds latest_end(const Scenario& scenario) {
  const Nanoseconds last_vu = reserved_vu_steps(scenario).back().at;
  return scenario.start_time + std::max(regular_duration(scenario), last_vu);
}

std::int64_t max_vus(const Scenario& scenario) {
  return std::visit(Overloaded{[](const ConstantArrivalRate& e) { return e.max_vus; },
                               [](const RampingArrivalRate& e) { return e.max_vus; },
                               [](const RampingVus& e) {
                                 std::int64_t most = e.start_vus;
                                 for (const Stage& stage : e.stages) {
                                   most = std::max(most, stage.target);
                                 }
                                 return most;
                               },
                               [](const auto& e) { return e.vus; }},
                    scenario.executor);
}

}  // namespace loadrun::plan
