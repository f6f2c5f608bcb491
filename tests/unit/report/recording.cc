#include "unit/report/recording.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace loadrun::test {

Recording::Recording() : shard_(registry_, tags_), totals_(registry_) {}

metrics::MetricId Recording::declare(std::string_view name, metrics::MetricType type,
                                     metrics::ValueKind contains) {
  return registry_.declare(name, type, contains).value();
}

void Recording::record(metrics::MetricId metric, double value, const metrics::Tags& tags) {
  shard_.record(shard_.series(metric, tags_.intern(tags)), value, TimePoint{});
}

void Recording::record(metrics::Builtin metric, double value, const metrics::Tags& tags) {
  record(metrics::id_of(metric), value, tags);
}

void Recording::check(std::string_view group, std::string_view name, bool passed, int times) {
  const metrics::Tags tags{{"check", std::string(name)}, {"group", std::string(group)}};
  for (int i = 0; i < times; ++i) record(metrics::Builtin::kChecks, passed ? 1 : 0, tags);
}

void Recording::request(const metrics::Tags& tags, double ms, int times, bool failed) {
  for (int i = 0; i < times; ++i) {
    record(metrics::Builtin::kHttpReqs, 1, tags);
    record(metrics::Builtin::kHttpReqFailed, failed ? 1 : 0, tags);
    record(metrics::Builtin::kHttpReqDuration, ms, tags);
  }
}

void Recording::raised(const metrics::RaisedError& error, const metrics::RaisedExample& first,
                       int times) {
  for (int i = 0; i < times; ++i) {
    if (auto* const example = shard_.errors().iterations.add(error)) *example = first;
  }
}

void Recording::failed(const metrics::RequestError& error, const metrics::RequestExample& first,
                       int times) {
  for (int i = 0; i < times; ++i) {
    if (auto* const example = shard_.errors().requests.add(error)) *example = first;
  }
}

void Recording::threshold(std::string_view key, std::string_view source) {
  std::vector<metrics::MetricThresholds>& all = plan_.thresholds;
  if (all.empty() || all.back().key != key) all.push_back({std::string(key), {}});
  all.back().specs.push_back({std::string(source)});
}

report::SummaryInput Recording::input() {
  thresholds_ = metrics::ThresholdSet::create(plan_.thresholds, registry_).value();
  for (const metrics::Submetric& submetric : thresholds_->submetrics()) totals_.track(submetric);
  metrics::Delta delta = shard_.take();
  totals_.merge(0, delta);
  thresholds_->evaluate(totals_, elapsed_, /*final_pass=*/true);
  return {.registry = registry_,
          .totals = totals_,
          .thresholds = thresholds_->outcomes(),
          .plan = plan_,
          .elapsed = elapsed_,
          .setup_data = setup_data_,
          .unscheduled = unscheduled_,
          .output_losses = losses_,
          .scenarios = scenarios_,
          .run = facts_,
          .end = end_,
          .verdict = verdict_};
}

std::string golden(const std::string& name) {
  std::ifstream file(LOADRUN_SOURCE_DIR "/tests/unit/report/golden/" + name, std::ios::binary);
  LOADRUN_CHECK(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace loadrun::test
