#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/objective.h"
#include "metrics/totals.h"

namespace loadrun::run {

/// What is measured of the probes of a capacity search, one after the other: what its objectives
/// are about, and latency. A sample belongs to the probe its iteration started in, which its tags
/// say. Confined to the coordinator.
class ProbeMeasurements {
 public:
  /// What stands for the latency of a script without HTTP requests, and of one with.
  static constexpr std::array kLatencies{metrics::Builtin::kIterationDuration,
                                         metrics::Builtin::kHttpReqDuration};

  /// What is passed outlives this.
  ProbeMeasurements(const std::vector<metrics::Objective>& objectives,
                    const metrics::Registry& registry);

  /// From here on samples of probe `number` count; nothing is measured yet. 0 is none.
  void begin(std::int64_t number);
  /// Adds what was merged into `totals`.
  void add(const metrics::Totals& totals, std::uint32_t worker, const metrics::Delta& delta);

  /// Of the objectives, in their order.
  std::span<const metrics::Sink> objectives() const {
    return std::span(sinks_).first(sinks_.size() - kLatencies.size());
  }
  /// By kLatencies.
  const metrics::Trend& latency(std::size_t index) const;

 private:
  /// A series of the run.
  struct Series {
    std::string probe;                // its tag
    std::vector<std::size_t> places;  // in sinks_
  };

  Series describe(const metrics::Totals::Series& series) const;

  std::vector<metrics::Submetric> parts_;  // by place in sinks_
  std::vector<metrics::Sink> empty_, sinks_;
  std::vector<Series> series_;  // as in Totals
  std::string probe_;
};

}  // namespace loadrun::run
