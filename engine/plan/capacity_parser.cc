#include "plan/capacity_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/duration.h"
#include "metrics/metric_key.h"
#include "plan/executor_parser.h"
#include "plan/thresholds_option.h"

namespace loadrun::plan {
namespace {

constexpr std::string_view kObjectiveExample =
    "at least one threshold, e.g. { http_req_duration = { \"p(95)<300\" } }";

std::int64_t read_rate(ObjectReader& fields, std::string_view key) {
  if (!fields.has(key)) fields.missing(key, "a whole number of at least 1");
  const std::int64_t rate = fields.integer(key, 1).value_or(1);
  if (rate > kMaxRate) {
    fields.error(key, fmt::format("a rate of {} exceeds max limit of {}", rate, kMaxRate));
  }
  return rate;
}

double read_factor(ObjectReader& fields, double otherwise) {
  const nlohmann::json* value = fields.find("factor");
  if (value == nullptr) return otherwise;
  if (value->is_number() && value->get<double>() > 1 && std::isfinite(value->get<double>())) {
    return value->get<double>();
  }
  fields.error("factor", fmt::format("{} is not a number greater than 1", shown(*value)));
  return otherwise;
}

void read_times(ObjectReader& fields, Capacity& capacity) {
  capacity.step_duration = fields.duration("stepDuration", 1s).value_or(capacity.step_duration);
  capacity.settle = fields.duration("settle", 1ns).value_or(capacity.settle);
  if (capacity.settle < capacity.step_duration) return;
  fields.error(
      fields.has("settle") ? "settle" : "stepDuration",
      fmt::format("settle ({}) leaves nothing of stepDuration ({}) to measure (expected "
                  "less than it)",
                  format_duration(capacity.settle), format_duration(capacity.step_duration)));
}

/// Its fields are those of thresholds, but a probe has no windows and nothing to abort.
void check_objective(ObjectReader& fields, const metrics::MetricThresholds& objective) {
  const Place place = fields.place("objective").field(objective.key);
  const auto report = [&](const std::string& problem) {
    fields.diagnostics().error(place, problem);
  };
  if (const auto key = metrics::parse_metric_key(objective.key); !key.ok()) {
    report(key.error().message);
  }
  if (objective.specs.empty()) report("has no expression (expected e.g. \"p(95)<300\")");
  for (const metrics::ThresholdSpec& spec : objective.specs) {
    if (spec.abort_on_fail || spec.window > 0ns || spec.after > 0ns ||
        spec.delay_abort_eval > 0ns) {
      report(
          fmt::format("\"{}\": an objective has no abortOnFail, delayAbortEval, window and "
                      "after (expected the expression alone)",
                      spec.source));
    }
    const auto expression = metrics::parse_threshold(spec.source);
    if (!expression.ok()) report(expression.error().message);
  }
}

void read_objective(ObjectReader& fields, Capacity& capacity) {
  if (!fields.has("objective")) return fields.missing("objective", kObjectiveExample);
  const auto objective = read_thresholds(fields, "objective");
  if (!objective) return;
  capacity.objective = *objective;
  if (objective->empty()) {
    fields.error("objective", fmt::format("is empty (expected {})", kObjectiveExample));
  }
  for (const metrics::MetricThresholds& one : *objective) check_objective(fields, one);
}

}  // namespace

void read_search(ObjectReader& fields, Capacity& capacity) {
  capacity.start = read_rate(fields, "start");
  capacity.max_rate = read_rate(fields, "maxRate");
  if (fields.has("maxRate") && capacity.max_rate < capacity.start) {
    fields.error("maxRate",
                 fmt::format("{} is less than the start of {}", capacity.max_rate, capacity.start));
  }
  capacity.max_rate = std::max(capacity.max_rate, capacity.start);
  capacity.factor = read_factor(fields, capacity.factor);
  read_times(fields, capacity);
  read_objective(fields, capacity);
}

}  // namespace loadrun::plan
