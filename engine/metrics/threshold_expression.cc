#include "metrics/threshold_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace loadrun::metrics {

namespace {

struct OperatorText {
  std::string_view text;
  Operator op;
};

// In k6's order of search: an operator stands before its own prefixes.
constexpr auto kOperators = std::to_array<OperatorText>({
    {"<=", Operator::kLessEqual},
    {"<", Operator::kLess},
    {">=", Operator::kGreaterEqual},
    {">", Operator::kGreater},
    {"===", Operator::kStrictEqual},
    {"==", Operator::kEqual},
    {"!=", Operator::kNotEqual},
});

constexpr std::array<std::string_view, 7> kPlainMethods{"count", "rate", "value", "avg",
                                                        "min",   "med",  "max"};

/// A whole text as a number; from_chars does not take the plus sign that k6 allows.
std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || std::isnan(value)) return std::nullopt;
  return value;
}

Error invalid(std::string message) { return {ExitCode::kInvalidConfig, std::move(message)}; }

std::optional<double> observe_trend(const ThresholdExpression& expression, const Trend& trend) {
  if (expression.percentile) return trend.percentile(*expression.percentile / 100);
  if (expression.method == "avg") return trend.avg();
  if (expression.method == "min") return trend.min();
  if (expression.method == "med") return trend.percentile(0.5);
  if (expression.method == "max") return trend.max();
  return std::nullopt;
}

}  // namespace

Result<ThresholdParts> scan_threshold(std::string_view source) {
  for (const auto& [text, op] : kOperators) {
    const std::size_t at = source.find(text);
    if (at == std::string_view::npos) continue;
    return ThresholdParts{trimmed(source.substr(0, at)), op,
                          trimmed(source.substr(at + text.size()))};
  }
  return invalid(fmt::format("malformed threshold expression \"{}\": no comparison in it", source));
}

Result<AggregationMethod> parse_aggregation_method(std::string_view text) {
  if (std::ranges::find(kPlainMethods, text) != kPlainMethods.end()) {
    return AggregationMethod{std::string(text), std::nullopt};
  }
  if (!text.starts_with("p(") || !text.ends_with(")")) {
    return invalid(fmt::format("unknown aggregation method \"{}\"; known are {} and p(N)", text,
                               fmt::join(kPlainMethods, ", ")));
  }
  const std::optional<double> percentile = parse_number(text.substr(2, text.size() - 3));
  if (!percentile || *percentile < 0 || *percentile > 100) {
    return invalid(fmt::format("\"{}\" needs a number from 0 to 100 in its brackets", text));
  }
  return AggregationMethod{"p", percentile};
}

Result<ThresholdExpression> parse_threshold(std::string_view source) {
  const Result<ThresholdParts> parts = scan_threshold(source);
  if (!parts.ok()) return parts.error();
  const Result<AggregationMethod> method = parse_aggregation_method(parts.value().method);
  if (!method.ok()) {
    return invalid(
        fmt::format("malformed threshold expression \"{}\": {}", source, method.error().message));
  }
  const std::optional<double> value = parse_number(parts.value().value);
  if (!value) {
    return invalid(fmt::format("malformed threshold expression \"{}\": \"{}\" is not a number",
                               source, parts.value().value));
  }
  return ThresholdExpression{method.value().name, method.value().percentile, parts.value().op,
                             *value};
}

std::string stat_name(const ThresholdExpression& expression) {
  if (!expression.percentile) return expression.method;
  return fmt::format("p({})", *expression.percentile);
}

std::vector<std::string_view> methods_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return {"count", "rate"};
    case MetricType::kGauge:
      return {"value"};
    case MetricType::kRate:
      return {"rate"};
    case MetricType::kTrend:
      break;
  }
  return {"avg", "min", "max", "med", "p"};
}

std::optional<double> observe(const ThresholdExpression& expression, const Sink& sink,
                              Nanoseconds elapsed) {
  const std::string_view method = expression.method;
  if (const auto* trend = std::get_if<Trend>(&sink)) return observe_trend(expression, *trend);
  if (const auto* counter = std::get_if<Counter>(&sink)) {
    if (method == "count") return counter->sum.value();
    if (method == "rate") return counter->per_second(elapsed);
  } else if (const auto* gauge = std::get_if<Gauge>(&sink)) {
    if (method == "value") return gauge->last;
  } else if (const auto* rate = std::get_if<Rate>(&sink)) {
    if (method == "rate") return rate->share();
  }
  return std::nullopt;
}

bool holds(const ThresholdExpression& expression, std::optional<double> observed) {
  if (!observed) return true;
  switch (expression.op) {
    case Operator::kLess:
      return *observed < expression.value;
    case Operator::kLessEqual:
      return *observed <= expression.value;
    case Operator::kGreater:
      return *observed > expression.value;
    case Operator::kGreaterEqual:
      return *observed >= expression.value;
    case Operator::kEqual:
    case Operator::kStrictEqual:
      return *observed == expression.value;
    case Operator::kNotEqual:
      break;
  }
  return *observed != expression.value;
}

}  // namespace loadrun::metrics
