#include "metrics/objective.h"

namespace loadrun::metrics {
namespace {

bool is_upper_limit(Operator op) { return op == Operator::kLess || op == Operator::kLessEqual; }
bool is_lower_limit(Operator op) {
  return op == Operator::kGreater || op == Operator::kGreaterEqual;
}

/// The share of samples that may fail; none when it is no question of a share.
std::optional<double> limit_of(const ThresholdExpression& expression) {
  std::optional<double> limit;
  if (expression.method == "rate") {
    if (is_upper_limit(expression.op)) limit = expression.value;
    if (is_lower_limit(expression.op)) limit = 1 - expression.value;
  } else if (is_upper_limit(expression.op)) {
    if (expression.method == "med") limit = 0.5;
    if (expression.percentile) limit = 1 - *expression.percentile / 100;
  }
  if (limit && (*limit <= 0 || *limit >= 1)) return std::nullopt;
  return limit;
}

}  // namespace

Result<std::vector<Objective>> Objective::create(const std::vector<MetricThresholds>& specs,
                                                 const Registry& registry,
                                                 const ThresholdContext& context) {
  const auto checked = ThresholdSet::create(specs, registry, context);
  if (!checked.ok()) return checked.error();
  std::vector<Objective> objectives;
  for (const ThresholdOutcome& outcome : checked.value().outcomes()) {
    objectives.emplace_back(outcome);
  }
  return objectives;
}

Objective::Objective(const ThresholdOutcome& outcome)
    : key_(outcome.key),
      source_(outcome.source),
      metric_(outcome.metric),
      tags_(outcome.tags),
      expression_(parse_threshold(outcome.source).value()),
      limit_(limit_of(expression_)) {}

/// None where it is no question of a share: a counter's rate is none, too.
std::optional<Failures> Objective::failures(const Sink& measured) const {
  if (!limit_) return std::nullopt;
  if (const auto* trend = std::get_if<Trend>(&measured)) {
    return Failures{trend->count_above(expression_.value), trend->count()};
  }
  const auto* rate = std::get_if<Rate>(&measured);
  if (rate == nullptr) return std::nullopt;
  const bool trues_fail = is_upper_limit(expression_.op);
  return Failures{trues_fail ? rate->trues : rate->total - rate->trues, rate->total};
}

Evidence Objective::evidence(const Sink& measured) const {
  const auto counted = failures(measured);
  return counted ? evidence_of(share_log_ratio(*counted, *limit_)) : Evidence::kOpen;
}

bool Objective::holds(const Sink& measured, Nanoseconds duration) const {
  return metrics::holds(expression_, observed(measured, duration));
}

std::optional<double> Objective::observed(const Sink& measured, Nanoseconds duration) const {
  if (is_empty(measured)) return std::nullopt;
  return observe(expression_, measured, duration);
}

}  // namespace loadrun::metrics
