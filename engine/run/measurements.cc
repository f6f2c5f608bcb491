#include "run/measurements.h"

namespace loadrun::run {

using metrics::Builtin;

Measurements::Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
                           const metrics::Tags& run_tags)
    : thresholds_(std::move(thresholds)),
      totals_(registry),
      shard_(registry, tags_),
      run_tags_(tags_.intern(run_tags)) {
  for (const metrics::Submetric& submetric : thresholds_.submetrics()) totals_.track(submetric);
}

void Measurements::gather(const std::vector<std::unique_ptr<Worker>>& workers) {
  for (std::uint32_t i = 0; i < workers.size(); ++i) {
    auto delta = workers[i]->take_delta();
    if (delta == nullptr) continue;
    totals_.merge(i, *delta);
    workers[i]->recycle(std::move(delta));
  }
}

void Measurements::gather_rest(const std::vector<std::unique_ptr<Worker>>& workers) {
  gather(workers);
  for (std::uint32_t i = 0; i < workers.size(); ++i) {
    metrics::Delta rest = workers[i]->take_rest();
    totals_.merge(i, rest);
  }
  metrics::Delta own = shard_.take({});
  totals_.merge(static_cast<std::uint32_t>(workers.size()), own);
}

void Measurements::sample_vus(std::int64_t active, std::int64_t initialised, TimePoint now) {
  const auto record = [&](Builtin metric, std::int64_t value) {
    shard_.record(shard_.series(metrics::id_of(metric), run_tags_), static_cast<double>(value),
                  now);
  };
  record(Builtin::kVus, active);
  record(Builtin::kVusMax, initialised);
}

}  // namespace loadrun::run
