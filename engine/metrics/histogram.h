#pragma once
// Contract only; the metrics module's author completes it (architecture.md decision 12).
#include <cstdint>
#include "metrics/exact_sum.h"
#include "metrics/metric.h"

namespace loadrun::metrics {

/// Base-2 exponential histogram, scale 8, exact up to 512 values. Time values enter and leave in milliseconds and are bucketed in seconds.
class Histogram {
 public:
  explicit Histogram(ValueKind contains);
  void add(double value);
  void merge(const Histogram& other);
  void clear();
  std::uint64_t count() const;
  double min() const;
  double max() const;
  double sum() const;
  double avg() const;   ///< 0 when empty.
  /// k6's percentile: linear interpolation between the neighbouring ranks at q*(n-1). q in [0,1]; 0 when empty.
  double percentile(double q) const;
};

}  // namespace loadrun::metrics
