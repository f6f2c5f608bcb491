#pragma once

#include <string>
#include <vector>

#include "metrics/shard.h"

namespace loadrun::metrics {

/// A metric restricted to samples with certain tags: `http_req_duration{expected_response:true}`.
struct Submetric {
  std::string name;  ///< As written, e.g. "http_req_duration{scenario:buy}".
  MetricId metric;
  Tags tags;
};

/// Everything measured so far: per metric, per sub-metric and per series. Confined to the coordinator.
class Totals {
 public:
  struct Series {
    MetricId metric;
    Tags tags;
    Sink sink;
  };

  explicit Totals(const Registry& registry);

  /// Starts tracking a sub-metric. REQUIRES: before the first merge.
  void track(Submetric submetric);

  /// Adds a worker's delta (its series ids are translated by `worker`) and empties it for reuse.
  void merge(std::uint32_t worker, Delta& delta);

  /// Whole-metric aggregate; an empty sink of the right type when nothing was recorded.
  const Sink& metric(MetricId id) const;
  const std::vector<Submetric>& submetrics() const;
  const Sink& submetric(std::size_t index) const;
  /// In order of first appearance: definition order of checks and groups follows from it.
  const std::vector<Series>& series() const;
};

}  // namespace loadrun::metrics
