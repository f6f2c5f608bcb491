#include "plan/capacity_result.h"

#include <algorithm>

#include "metrics/sequential_test.h"

namespace loadrun::plan {

namespace {

/// How the latest probe of `rate` was decided.
bool is_certain(const CapacityResult& result, std::int64_t rate) {
  const auto latest = std::find_if(result.probes.rbegin(), result.probes.rend(),
                                   [rate](const Probe& p) { return p.order.rate == rate; });
  return latest != result.probes.rend() && latest->is_certain;
}

}  // namespace

RateInterval interval_of(const CapacityResult& result) {
  constexpr double kDrift = metrics::BacklogTest::kDrift;
  RateInterval interval;
  if (result.sustained) {
    const double margin = is_certain(result, *result.sustained) ? kDrift : 2 * kDrift;
    interval.low = static_cast<double>(*result.sustained) * (1 - margin);
  }
  if (result.broken) {
    const double margin = is_certain(result, *result.broken) ? 0 : kDrift;
    interval.high = static_cast<double>(*result.broken) * (1 + margin);
  }
  return interval;
}

std::optional<std::int64_t> knee_of(const std::vector<Probe>& probes) {
  std::optional<std::int64_t> knee;
  double most = 0;
  for (const Probe& probe : probes) {
    if (probe.outcome != Probe::Outcome::kHeld || probe.avg.value_or(0) <= 0) continue;
    const double power = static_cast<double>(probe.order.rate) / *probe.avg;
    if (power <= most) continue;
    most = power;
    knee = probe.order.rate;
  }
  return knee;
}

}  // namespace loadrun::plan
