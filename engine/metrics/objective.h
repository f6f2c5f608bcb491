#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "metrics/sequential_test.h"
#include "metrics/threshold.h"

namespace loadrun::metrics {

/// A threshold that a probe of the capacity search has to hold.
///
/// Percentiles and rates with a limit are questions about a share of all samples and are tested one
/// by one as they come: "p(95)<300" says that less than 5 % of them are above 300, "rate<0.01" that
/// less than 1 % are true. What other statistics say is known when the probe is over.
class Objective {
 public:
  /// Checks them as ThresholdSet::create does, in the order of `specs`.
  static Result<std::vector<Objective>> create(const std::vector<MetricThresholds>& specs,
                                               const Registry& registry,
                                               const ThresholdContext& context = {});

  /// REQUIRES: `outcome` is of a ThresholdSet.
  explicit Objective(const ThresholdOutcome& outcome);

  MetricId metric() const { return metric_; }
  const Tags& tags() const { return tags_; }
  /// "http_req_duration: p(95)<300".
  std::string name() const { return key_ + ": " + source_; }

  /// What `measured` says while more is to come.
  Evidence evidence(const Sink& measured) const;
  /// Whether it is true of all that was measured in `duration`. Nothing measured passes.
  bool holds(const Sink& measured, Nanoseconds duration) const;
  /// What is compared with the limit, in the metric's unit.
  std::optional<double> observed(const Sink& measured, Nanoseconds duration) const;

 private:
  std::optional<Failures> failures(const Sink& measured) const;

  std::string key_, source_;
  MetricId metric_;
  Tags tags_;
  ThresholdExpression expression_;
  std::optional<double> limit_;  // of the share that fails, where it is a question of that
};

}  // namespace loadrun::metrics
