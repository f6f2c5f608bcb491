#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/tags.h"
#include "metrics/threshold.h"
#include "metrics/totals.h"
#include "plan/plan.h"
#include "report/summary_input.h"

namespace loadrun::test {

/// A run made of samples: records them through a shard, as a worker does, and gives the summary's
/// input.
class Recording {
 public:
  Recording();

  metrics::Registry& registry() { return registry_; }
  plan::Plan& plan() { return plan_; }
  void set_elapsed(Nanoseconds elapsed) { elapsed_ = elapsed; }
  /// REQUIRES: called in the order of the scenarios' names.
  void leave_waiting(std::string scenario, std::int64_t count, Nanoseconds longest) {
    unscheduled_.push_back({std::move(scenario), count, longest});
  }
  void set_scenarios(std::vector<report::ScenarioResult> results) {
    scenarios_ = std::move(results);
  }
  void set_run(report::RunFacts facts) { facts_ = std::move(facts); }
  void set_verdict(metrics::Verdict verdict) { verdict_ = std::move(verdict); }
  void set_end(ExitCode code, std::string reason) { end_ = {code, std::move(reason)}; }
  void lose(report::OutputLoss loss) { losses_.push_back(std::move(loss)); }
  void set_setup_data(std::string json) { setup_data_ = std::move(json); }

  metrics::MetricId declare(std::string_view name, metrics::MetricType type,
                            metrics::ValueKind contains = metrics::ValueKind::kDefault);
  void record(metrics::MetricId metric, double value, const metrics::Tags& tags = {});
  void record(metrics::Builtin metric, double value, const metrics::Tags& tags = {});
  void check(std::string_view group, std::string_view name, bool passed, int times = 1);
  /// `times` requests with `tags` that took `ms` each.
  void request(const metrics::Tags& tags, double ms, int times = 1, bool failed = false);
  void raised(const metrics::RaisedError& error, const metrics::RaisedExample& first,
              int times = 1);
  void failed(const metrics::RequestError& error, const metrics::RequestExample& first,
              int times = 1);
  /// Adds a threshold to the plan. REQUIRES: called with all of a key's sources in turn, keys
  /// sorted.
  void threshold(std::string_view key, std::string_view source);

  /// Merges what was recorded and evaluates the thresholds. The result is a view of this. REQUIRES:
  /// called once.
  report::SummaryInput input();

 private:
  metrics::Registry registry_;
  metrics::TagTable tags_;
  metrics::Shard shard_;
  metrics::Totals totals_;
  plan::Plan plan_;
  std::optional<metrics::ThresholdSet> thresholds_;
  Nanoseconds elapsed_{1s};
  std::optional<std::string> setup_data_;
  std::vector<report::Unscheduled> unscheduled_;
  std::vector<report::ScenarioResult> scenarios_;
  std::vector<report::OutputLoss> losses_;
  report::RunFacts facts_;
  report::RunEnd end_;
  metrics::Verdict verdict_;
};

/// The text of tests/unit/report/golden/`name`.
std::string golden(const std::string& name);

}  // namespace loadrun::test
