#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/duration.h"
#include "plan/overloaded.h"
#include "plan/schedule.h"
#include "plan/stampede_parser.h"

namespace loadrun::plan {
namespace {

using Facts = std::vector<std::string>;

Facts bounds(Nanoseconds max_duration, const Stampede& stampede) {
  Facts facts{fmt::format("maxDuration: {}", format_duration(max_duration))};
  if (!stampede.prepare.empty()) facts.push_back("prepare: " + stampede.prepare);
  if (stampede.start_at) facts.push_back("startAt: " + start_at_text(*stampede.start_at));
  return facts;
}

Facts vu_limits(std::int64_t allocated, std::int64_t most) {
  if (most > allocated) return {fmt::format("maxVUs: {}-{}", allocated, most)};
  return {fmt::format("maxVUs: {}", allocated)};
}

// Of the instance, by the length of its segment.
double per_second(const Scenario& scenario, std::int64_t rate, Nanoseconds unit) {
  const Rational part = scenario.tuple.segment().length();
  return static_cast<double>(rate) / to_seconds(unit) * static_cast<double>(part.numerator()) /
         static_cast<double>(part.denominator());
}

std::int64_t peak_rate(const RampingArrivalRate& executor) {
  std::int64_t most = executor.start_rate;
  for (const Stage& stage : executor.stages) most = std::max(most, stage.target);
  return most;
}

// What it does, and facts for the parentheses behind it.
struct Text {
  std::string what;
  Facts facts;
};

Text text_of(const Scenario& scenario) {
  const Stripes& part = scenario.tuple.stripes();
  const std::string length = length_text(regular_duration(scenario));
  const auto over = [](const std::vector<Stage>& stages) {
    return fmt::format("over {} stages", stages.size());
  };
  return std::visit(
      Overloaded{
          [&](const ConstantVus& e) -> Text {
            return {fmt::format("{} looping VUs for {}", part.share(e.vus), length), {}};
          },
          [&](const RampingVus& e) -> Text {
            return {fmt::format("Up to {} looping VUs for {} {}", max_vus(scenario), length,
                                over(e.stages)),
                    {fmt::format("gracefulRampDown: {}", format_duration(e.graceful_ramp_down))}};
          },
          [&](const SharedIterations& e) -> Text {
            return {fmt::format("{} iterations shared among {} VUs", shared_iterations(scenario),
                                part.share(e.vus)),
                    bounds(e.max_duration, e.stampede)};
          },
          [&](const PerVuIterations& e) -> Text {
            return {
                fmt::format("{} iterations for each of {} VUs", e.iterations, part.share(e.vus)),
                bounds(e.max_duration, e.stampede)};
          },
          [&](const ConstantArrivalRate& e) -> Text {
            return {fmt::format("{:.2f} iterations/s for {}",
                                per_second(scenario, e.rate, e.time_unit), length),
                    vu_limits(part.share(e.pre_allocated_vus), part.share(e.max_vus))};
          },
          [&](const RampingArrivalRate& e) -> Text {
            return {fmt::format("Up to {:.2f} iterations/s for {} {}",
                                per_second(scenario, peak_rate(e), e.time_unit), length,
                                over(e.stages)),
                    vu_limits(part.share(e.pre_allocated_vus), part.share(e.max_vus))};
          },
          [&](const ExternallyControlled& e) -> Text {
            return {
                fmt::format("Externally controlled execution with {} VUs, {} max VUs, {} duration",
                            part.share(e.vus), part.share(e.max_vus), length),
                {}};
          },
          [&](const Capacity& e) -> Text {
            return {fmt::format("Capacity search from {:.2f} to {:.2f} iterations/s for up to {}",
                                per_second(scenario, e.start, e.time_unit),
                                per_second(scenario, e.max_rate, e.time_unit), length),
                    vu_limits(part.share(e.pre_allocated_vus), part.share(e.max_vus))};
          }},
      scenario.executor);
}

}  // namespace

std::string length_text(Nanoseconds length) {
  return is_endless(length) ? "infinite" : format_duration(length);
}

std::string describe(const Scenario& scenario) {
  Text text = text_of(scenario);
  const auto add_time = [&](std::string_view name, Nanoseconds d) {
    if (d > 0ns) text.facts.push_back(fmt::format("{}: {}", name, format_duration(d)));
  };
  if (scenario.exec != "default") text.facts.push_back(fmt::format("exec: {}", scenario.exec));
  add_time("startTime", scenario.start_time);
  add_time("gracefulStop", scenario.graceful_stop);
  add_time("pacing", scenario.pacing);
  if (text.facts.empty()) return text.what;
  return fmt::format("{} ({})", text.what, fmt::join(text.facts, ", "));
}

}  // namespace loadrun::plan
