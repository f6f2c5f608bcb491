#include "run/measurements.h"

#include <algorithm>

#include "plan/schedule.h"

namespace loadrun::run {

using metrics::Builtin;

Measurements::Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
                           const plan::Plan& plan)
    : thresholds_(std::move(thresholds)),
      totals_(registry),
      shard_(registry, tags_),
      run_tags_(tags_.intern(plan.tags)) {
  for (const metrics::Submetric& submetric : thresholds_.submetrics()) totals_.track(submetric);
  if (std::ranges::any_of(plan.scenarios, plan::prepares)) totals_.expect_preparation();
}

void Measurements::gather(const std::vector<std::unique_ptr<Worker>>& workers) {
  for (std::uint32_t i = 0; i < workers.size(); ++i) {
    auto delta = workers[i]->take_delta();
    if (delta == nullptr) continue;
    totals_.merge(i, *delta);
    workers[i]->recycle(std::move(delta));
  }
}

void Measurements::add_rest(std::uint32_t worker, metrics::Delta& rest) {
  totals_.merge(worker, rest);
}

void Measurements::add_own(std::uint32_t index) {
  metrics::Delta own = shard_.take({});
  totals_.merge(index, own);
}

void Measurements::sample(Builtin gauge, double value, TimePoint now) {
  shard_.record(shard_.series(metrics::id_of(gauge), run_tags_), value, now);
}

}  // namespace loadrun::run
