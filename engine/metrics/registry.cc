#include "metrics/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

auto find_by_name(const std::vector<Metric>& metrics, std::string_view name) {
  return std::ranges::find(metrics, name, &Metric::name);
}

Error bad_name(std::string_view name) {
  return {ExitCode::kScriptException, fmt::format("invalid metric name: \"{}\"", name),
          "a metric name has 2 to 129 ASCII letters, digits or underscores and does not start with "
          "a digit"};
}

Error declared_differently(const Metric& existing, MetricType type, ValueKind contains) {
  return {ExitCode::kScriptException,
          fmt::format("metric \"{}\" already exists as a {} of {} values; it cannot also be a {} "
                      "of {} values",
                      existing.name, to_string(existing.type), to_string(existing.contains),
                      to_string(type), to_string(contains))};
}

}  // namespace

Registry::Registry() : metrics_(builtin_metrics()) {}

Result<MetricId> Registry::declare(std::string_view name, MetricType type, ValueKind contains) {
  if (!valid_metric_name(name)) return bad_name(name);
  const std::lock_guard lock(mutex_);
  const auto existing = find_by_name(metrics_, name);
  if (existing == metrics_.end()) {
    const MetricId id{static_cast<std::uint32_t>(metrics_.size())};
    metrics_.push_back({id, std::string(name), type, contains});
    return id;
  }
  if (existing->type != type || existing->contains != contains) {
    return declared_differently(*existing, type, contains);
  }
  return existing->id;
}

std::optional<Metric> Registry::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = find_by_name(metrics_, name);
  if (found == metrics_.end()) return std::nullopt;
  return *found;
}

Metric Registry::metric(MetricId id) const {
  const std::lock_guard lock(mutex_);
  LOADRUN_CHECK(id.index < metrics_.size());
  return metrics_[id.index];
}

std::vector<Metric> Registry::all() const {
  const std::lock_guard lock(mutex_);
  return metrics_;
}

}  // namespace loadrun::metrics
