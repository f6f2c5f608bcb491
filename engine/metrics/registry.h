#pragma once

#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/metric.h"

namespace loadrun::metrics {

/// All metrics of the process by name. Thread-safe: every worker declares the script's metrics in
/// its own init and gets the same ids.
class Registry {
 public:
  /// Holds the built-in metrics.
  Registry();

  /// Declares a custom metric, or finds it when it was declared before.
  /// Fails (kScriptException) on an invalid name, and when `name` exists with another type or kind.
  Result<MetricId> declare(std::string_view name, MetricType type, ValueKind contains);

  std::optional<Metric> find(std::string_view name) const;
  /// REQUIRES: `id` came from this registry.
  Metric metric(MetricId id) const;
  /// In the order of declaration, built-in ones first.
  std::vector<Metric> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Metric> metrics_;
};

}  // namespace loadrun::metrics
