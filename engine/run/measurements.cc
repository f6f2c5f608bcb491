#include "run/measurements.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "metrics/series_growth.h"
#include "plan/schedule.h"

namespace loadrun::run {
namespace {

using metrics::Builtin;

// A worker that hands over later than this is not waited for.
constexpr std::int64_t kPatience = 3;

std::map<std::string, Nanoseconds> starts_of(const plan::Plan& plan) {
  std::map<std::string, Nanoseconds> starts;
  for (const plan::Scenario& scenario : plan.scenarios) {
    starts[scenario.name] = scenario.start_time;
  }
  return starts;
}

}  // namespace

metrics::ThresholdContext threshold_context(const plan::Plan& plan) {
  metrics::ThresholdContext context{.scenarios = {}, .left_out = plan.no_metrics};
  for (const plan::Scenario& scenario : plan.scenarios) {
    context.scenarios.push_back(
        {scenario.name, scenario.start_time,
         scenario.start_time + plan::preparation(scenario) + plan::regular_duration(scenario)});
  }
  return context;
}

Measurements::Measurements(const metrics::Registry& registry, metrics::ThresholdSet thresholds,
                           const plan::Plan& plan)
    : thresholds_(std::move(thresholds)),
      totals_(registry),
      shard_(registry, tags_),
      run_tags_(tags_.intern(plan.tags)),
      registry_(registry) {
  for (const std::string& name : plan.no_metrics) shard_.leave_out(registry.find(name)->id);
  if (std::ranges::any_of(plan.scenarios, plan::prepares)) totals_.expect_preparation();
  for (const metrics::Submetric& submetric : thresholds_.submetrics()) totals_.track(submetric);
  for (const metrics::WatchSpec& spec : thresholds_.watches()) {
    totals_.watch(spec, starts_of(plan));
  }
}

void Measurements::feed(outputs::OutputSet& outputs) {
  feed_.emplace(outputs, registry_, totals_);
  if (outputs.wants_samples()) shard_.keep_samples();
}

void Measurements::begin(TimePoint start, Nanoseconds wall) {
  if (feed_) feed_->start(start, wall);
}

void Measurements::start(TimePoint origin) {
  origin_ = origin;
  shard_.start(origin);
}

void Measurements::gather(const std::vector<std::unique_ptr<Worker>>& workers, TimePoint now) {
  complete_.resize(workers.size() + 1, metrics::kBeforeStart);
  for (std::uint32_t i = 0; i < workers.size(); ++i) {
    auto measured = workers[i]->take_measured();
    if (measured == nullptr) continue;
    merge(i, *measured);
    workers[i]->recycle(std::move(measured));
  }
  shard_.close_seconds(now);
  add_closed();
  if (feed_) feed_->publish(complete_at(now));
  if (totals_.series().size() > metrics::kManySeries && !std::exchange(warned_, true)) {
    log_warning("{}", metrics::growth_warning(totals_));
  }
}

void Measurements::add_rest(std::uint32_t worker, metrics::HandOver& rest) { merge(worker, rest); }

void Measurements::add_own() {
  shard_.close_all();
  add_closed();
}

void Measurements::end() {
  if (feed_) feed_->flush();
}

void Measurements::add_closed() {
  const auto own = static_cast<std::uint32_t>(complete_.size() - 1);
  while (shard_.has_closed()) {
    metrics::Delta delta = shard_.take();
    merge_second(own, delta);
    shard_.recycle(std::move(delta));
  }
  complete_.back() = shard_.complete();
}

void Measurements::merge(std::uint32_t worker, metrics::HandOver& measured) {
  for (metrics::Delta& second : measured.seconds) merge_second(worker, second);
  complete_[worker] = measured.complete;
  for (metrics::WorkerSecond& second : measured.health) keep(health_, std::move(second));
  measured.health.clear();
}

void Measurements::merge_second(std::uint32_t worker, metrics::Delta& delta) {
  totals_.merge(worker, delta);
  if (feed_) feed_->add(worker, delta);
  delta.clear();
}

void Measurements::sample(Builtin gauge, double value, TimePoint now) {
  shard_.record(shard_.series(metrics::id_of(gauge), run_tags_), value, now);
}

void Measurements::sample(const metrics::MachineSecond& second, TimePoint at) {
  const auto record = [&](Builtin metric, const auto& figure) {
    if (figure) sample(metric, static_cast<double>(*figure), at);
  };
  record(Builtin::kLoadrunCpuSteal, second.steal);
  record(Builtin::kLoadrunCpuThrottled, second.throttled);
  record(Builtin::kLoadrunRss, second.rss);
  record(Builtin::kLoadrunOpenFiles, second.open_files);
  record(Builtin::kLoadrunUsedPorts, second.used_ports);
  record(Builtin::kLoadrunTcpRetransmits, second.retransmits);
  record(Builtin::kLoadrunListenDrops, second.listen_drops);
  keep(health_, second);
}

void Measurements::sample_thresholds(TimePoint now) {
  for (const metrics::ThresholdOutcome& outcome : thresholds_.outcomes()) {
    const metrics::TagSetId key = tags_.with(run_tags_, "metric", outcome.key);
    const metrics::TagSetId tags = tags_.with(key, "threshold", metrics::label_of(outcome));
    const auto series = shard_.series(metrics::id_of(Builtin::kLoadrunThresholdOk), tags);
    shard_.record(series, outcome.ok ? 1 : 0, now);
  }
}

bool Measurements::evaluate_seconds(TimePoint now, Nanoseconds elapsed) {
  return evaluate_until(complete_at(now), elapsed);
}

/// The last second that nothing more will come of, or is waited for.
std::int64_t Measurements::complete_at(TimePoint now) const {
  if (origin_ == TimePoint{}) return metrics::kBeforeStart;
  const std::int64_t patient = (now - origin_) / 1s - 1 - kPatience;
  return std::max(std::ranges::min(complete_), patient);
}

std::vector<std::string> Measurements::finish_seconds(TimePoint end, TimePoint now) {
  thresholds_.end_scenarios(end - origin_);
  evaluate_until((end - origin_) / 1s - 1, end - origin_);
  return thresholds_.finish(totals_, now - origin_);
}

bool Measurements::evaluate_until(std::int64_t second, Nanoseconds elapsed) {
  bool abort = false;
  while (evaluated_ < second) {
    abort |= thresholds_.evaluate_second(totals_, ++evaluated_, elapsed);
  }
  return abort;
}

}  // namespace loadrun::run
