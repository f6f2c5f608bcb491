#include "plan/thresholds_option.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

constexpr Nanoseconds kLongestAfter = 365 * 24h;

/// A duration of whole seconds, 0 when there is none.
Nanoseconds read_seconds(ObjectReader& fields, std::string_view key, Nanoseconds most) {
  const auto duration = fields.duration(key);
  if (!duration) return 0ns;
  if (*duration >= 1s && *duration <= most && *duration % 1s == 0ns) return *duration;
  fields.error(key, fmt::format("{} is not a whole number of seconds from 1s to {}",
                                format_duration(*duration), format_duration(most)));
  return 0ns;
}

metrics::ThresholdSpec read_fields(ObjectReader& fields) {
  metrics::ThresholdSpec spec;
  if (!fields.has("threshold")) fields.missing("threshold", "an expression, e.g. \"p(95)<500\"");
  spec.source = fields.text("threshold").value_or("");
  spec.abort_on_fail = fields.boolean("abortOnFail").value_or(false);
  spec.delay_abort_eval = fields.duration("delayAbortEval", 0ns).value_or(0ns);
  spec.window = read_seconds(fields, "window", metrics::kLongestWindow * 1s);
  spec.after = read_seconds(fields, "after", kLongestAfter);
  for (const std::string& key : fields.unread()) {
    fields.error(key, fmt::format("a threshold has no such field{}; it has threshold, abortOnFail, "
                                  "delayAbortEval, window and after",
                                  fields.suggestion_for(key)));
  }
  return spec;
}

metrics::ThresholdSpec read_threshold(const json& element, const Place& place,
                                      Diagnostics& diagnostics) {
  if (element.is_string()) return {.source = element.get<std::string>()};
  if (element.is_object()) {
    ObjectReader fields(element, place, diagnostics);
    return read_fields(fields);
  }
  diagnostics.error(
      place, fmt::format("{} is not a threshold (expected e.g. \"p(95)<500\")", shown(element)));
  return {};
}

}  // namespace

std::optional<std::vector<metrics::MetricThresholds>> read_thresholds(ObjectReader& layer,
                                                                      std::string_view option) {
  const json* value = layer.object(option);
  if (value == nullptr) return std::nullopt;
  ObjectReader fields(*value, layer.place(option), layer.diagnostics());
  std::vector<metrics::MetricThresholds> thresholds;
  for (const auto& item : value->items()) {
    const std::string& key = item.key();
    const auto elements = fields.list(key);
    if (!elements) continue;
    metrics::MetricThresholds metric{.key = key, .specs = {}};
    for (std::size_t i = 0; i < elements->size(); ++i) {
      metric.specs.push_back(
          read_threshold((*elements)[i], fields.place(key).element(i), layer.diagnostics()));
    }
    thresholds.push_back(std::move(metric));
  }
  return thresholds;
}

}  // namespace loadrun::plan
