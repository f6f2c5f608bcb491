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
      run_tags_(tags_.intern(plan.tags)),
      registry_(registry) {
  for (const metrics::Submetric& submetric : thresholds_.submetrics()) totals_.track(submetric);
  if (std::ranges::any_of(plan.scenarios, plan::prepares)) totals_.expect_preparation();
}

void Measurements::feed(outputs::OutputSet& outputs) {
  feed_.emplace(outputs, registry_, totals_);
  if (outputs.wants_samples()) shard_.keep_samples();
}

void Measurements::begin(TimePoint start, Nanoseconds wall) {
  start_ = start;
  if (feed_) feed_->start(start, wall);
}

void Measurements::gather(const std::vector<std::unique_ptr<Worker>>& workers, TimePoint now) {
  for (std::uint32_t i = 0; i < workers.size(); ++i) {
    auto delta = workers[i]->take_delta();
    if (delta == nullptr) continue;
    merge(i, *delta, now);
    workers[i]->recycle(std::move(delta));
  }
}

void Measurements::add_rest(std::uint32_t worker, metrics::Delta& rest, TimePoint now) {
  merge(worker, rest, now);
}

void Measurements::add_own(std::uint32_t index, TimePoint now) {
  own_ = shard_.take(std::move(own_));
  merge(index, own_, now);
}

void Measurements::end() {
  if (feed_) feed_->flush();
}

void Measurements::merge(std::uint32_t worker, metrics::Delta& delta, TimePoint now) {
  totals_.add(worker, delta);
  if (feed_) feed_->add(worker, delta, std::chrono::floor<std::chrono::seconds>(now - start_));
  delta.clear();
}

void Measurements::sample(Builtin gauge, double value, TimePoint now) {
  shard_.record(shard_.series(metrics::id_of(gauge), run_tags_), value, now);
}

}  // namespace loadrun::run
