#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/cases.h"
#include "metrics/metric_key.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/sink.h"
#include "metrics/threshold.h"
#include "metrics/threshold_expression.h"
#include "metrics/totals.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

using nlohmann::json;
using test::Case;

constexpr std::string_view kFile = "metrics.jsonl";

std::vector<Case> cases(std::string_view area) { return test::cases_of(kFile, area); }

MetricType type_named(const std::string& name) {
  for (const MetricType type :
       {MetricType::kCounter, MetricType::kGauge, MetricType::kRate, MetricType::kTrend}) {
    if (to_string(type) == name) return type;
  }
  FAIL("unknown metric type " << name);
  return {};
}

Sink sink_of(MetricType type, const json& values) {
  Sink sink = make_sink(type, ValueKind::kDefault);
  for (const json& value : values) add(sink, value.get<double>(), {});
  return sink;
}

Nanoseconds milliseconds(const json& value) {
  return std::chrono::milliseconds(value.get<std::int64_t>());
}

/// "a:1" for every tag.
std::set<std::string> tag_texts(const Tags& tags) {
  std::set<std::string> texts;
  for (const auto& [key, value] : tags) texts.insert(key + ":" + value);
  return texts;
}

/// Compares what `expected` names with `actual`, which must offer all of it.
void check_figures(const json& expected, const std::map<std::string, double>& actual) {
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    REQUIRE(actual.contains(name));
    CHECK(actual.at(name) == Approx(value.get<double>()).epsilon(1e-12).margin(1e-12));
  }
}

TEST_CASE("every area of the file has an owner") {
  const std::set<std::string> here{"metric.name_valid",
                                   "metric.parse_name",
                                   "metric.redeclare",
                                   "metric.submetric_tags",
                                   "sink.counter",
                                   "sink.gauge",
                                   "sink.rate",
                                   "sink.trend",
                                   "sink.trend.format",
                                   "sink.trend.percentile",
                                   "thresholds.aggregation_method",
                                   "thresholds.eval",
                                   "thresholds.parse",
                                   "thresholds.run_all",
                                   "thresholds.run_sink",
                                   "thresholds.scan",
                                   "thresholds.validate"};
  // Rules of the option, script, run and report layers.
  const std::set<std::string> elsewhere{
      "js.metrics.add",      "js.metrics.ctor",           "metric.emission",
      "summary.humanize",    "summary.group_or_check_id", "summary.handleSummary_export",
      "summary.legacy_text", "thresholds.json_roundtrip"};
  for (const std::string& area : test::areas_of(kFile)) {
    INFO(area);
    CHECK(here.contains(area) != elsewhere.contains(area));
  }
}

TEST_CASE("metric.name_valid") {
  for (const Case& one : cases("metric.name_valid")) {
    INFO(one.text());
    CHECK(valid_metric_name(one.input.get<std::string>()) == one.expected.get<bool>());
  }
}

TEST_CASE("metric.parse_name") {
  for (const Case& one : cases("metric.parse_name")) {
    INFO(one.text());
    const auto key = parse_metric_key(one.input.get<std::string>());
    REQUIRE(key.ok() == (one.expected != "error"));
    if (!key.ok()) continue;
    CHECK(key.value().metric == one.expected["name"].get<std::string>());
    CHECK(tag_texts(key.value().tags) == one.expected["tags"].get<std::set<std::string>>());
  }
}

TEST_CASE("metric.submetric_tags") {
  for (const Case& one : cases("metric.submetric_tags")) {
    INFO(one.text());
    const auto tags = parse_submetric_tags(one.input.get<std::string>());
    REQUIRE(tags.ok() == (one.expected != "error"));
    if (!tags.ok()) continue;
    const auto expected = one.expected.get<std::map<std::string, std::string>>();
    CHECK(std::map(tags.value().begin(), tags.value().end()) == expected);
  }
}

TEST_CASE("metric.redeclare") {
  for (const Case& one : cases("metric.redeclare")) {
    INFO(one.text());
    Registry registry;
    const auto declare = [&](const json& metric) {
      return registry.declare(metric[0].get<std::string>(), type_named(metric[1]),
                              ValueKind::kDefault);
    };
    const auto first = declare(one.input["first"]);
    const auto second = declare(one.input["second"]);
    REQUIRE(first.ok());
    REQUIRE(second.ok() == (one.expected != "error"));
    if (second.ok()) CHECK(second.value() == first.value());
  }
}

TEST_CASE("sink.counter") {
  for (const Case& one : cases("sink.counter")) {
    INFO(one.text());
    const auto counter = std::get<Counter>(sink_of(MetricType::kCounter, one.input["values"]));
    const std::chrono::seconds elapsed(one.input.value("duration_s", 0));
    check_figures(one.expected,
                  {{"count", counter.sum.value()}, {"rate", counter.per_second(elapsed)}});
  }
}

TEST_CASE("sink.gauge") {
  for (const Case& one : cases("sink.gauge")) {
    INFO(one.text());
    const auto gauge = std::get<Gauge>(sink_of(MetricType::kGauge, one.input["values"]));
    check_figures(one.expected, {{"value", gauge.last}, {"min", gauge.min}, {"max", gauge.max}});
  }
}

TEST_CASE("sink.rate") {
  for (const Case& one : cases("sink.rate")) {
    INFO(one.text());
    const auto rate = std::get<Rate>(sink_of(MetricType::kRate, one.input["values"]));
    check_figures(one.expected, {{"total", static_cast<double>(rate.total)},
                                 {"trues", static_cast<double>(rate.trues)},
                                 {"rate", rate.share()}});
  }
}

TEST_CASE("sink.trend") {
  for (const Case& one : cases("sink.trend")) {
    INFO(one.text());
    const auto trend = std::get<Trend>(sink_of(MetricType::kTrend, one.input["values"]));
    check_figures(one.expected, {{"count", static_cast<double>(trend.count())},
                                 {"min", trend.min()},
                                 {"max", trend.max()},
                                 {"avg", trend.avg()},
                                 {"total", trend.sum()},
                                 {"avg_rounded3", std::round(trend.avg() * 1000) / 1000},
                                 {"total_floor3", std::floor(trend.sum() * 1000) / 1000}});
  }
}

TEST_CASE("sink.trend.format") {
  for (const Case& one : cases("sink.trend.format")) {
    INFO(one.text());
    const Sink trend = sink_of(MetricType::kTrend, one.input["values"]);
    for (const auto& [stat, expected] : one.expected.items()) {
      INFO(stat);
      const auto expression = parse_threshold(stat + "<0");
      REQUIRE(expression.ok());
      CHECK(observe(expression.value(), trend, 0s).value() == Approx(expected.get<double>()));
    }
  }
}

TEST_CASE("sink.trend.percentile") {
  for (const Case& one : cases("sink.trend.percentile")) {
    INFO(one.text());
    const auto trend = std::get<Trend>(sink_of(MetricType::kTrend, one.input["values"]));
    std::vector<double> quantiles;
    if (one.input["p"] == "every 0.01..1.00") {
      for (int percent = 1; percent <= 100; ++percent) quantiles.push_back(percent / 100.0);
    } else {
      quantiles.push_back(one.input["p"].get<double>());
    }
    for (const double q : quantiles) {
      CHECK(std::fabs(trend.percentile(q) - one.expected.get<double>()) <=
            one.input.value("tolerance", 1e-12));
    }
  }
}

TEST_CASE("thresholds.aggregation_method") {
  for (const Case& one : cases("thresholds.aggregation_method")) {
    INFO(one.text());
    const auto method = parse_aggregation_method(one.input.get<std::string>());
    REQUIRE(method.ok() == (one.expected != "error"));
    if (!method.ok()) continue;
    const json& argument = one.expected["arg"];
    CHECK(method.value().name == one.expected["method"].get<std::string>());
    REQUIRE(method.value().percentile.has_value() == !argument.is_null());
    if (!argument.is_null()) CHECK(method.value().percentile == argument.get<double>());
  }
}

TEST_CASE("thresholds.scan") {
  const std::map<std::string, Operator> operators{
      {"<=", Operator::kLessEqual},    {"<", Operator::kLess},
      {">=", Operator::kGreaterEqual}, {">", Operator::kGreater},
      {"===", Operator::kStrictEqual}, {"==", Operator::kEqual},
      {"!=", Operator::kNotEqual}};
  for (const Case& one : cases("thresholds.scan")) {
    INFO(one.text());
    const auto source = one.input.get<std::string>();
    const auto parts = scan_threshold(source);
    REQUIRE(parts.ok() == (one.expected != "error"));
    if (!parts.ok()) continue;
    CHECK(parts.value().method == one.expected["method"].get<std::string>());
    CHECK(parts.value().op == operators.at(one.expected["op"].get<std::string>()));
    CHECK(parts.value().value == one.expected["value"].get<std::string>());
  }
}

TEST_CASE("thresholds.parse") {
  for (const Case& one : cases("thresholds.parse")) {
    INFO(one.text());
    CHECK(parse_threshold(one.input.get<std::string>()).ok() == (one.expected != "error"));
  }
}

/// The figure of a case's `sink_values` that the expression asks for, which k6's fake sinks may
/// lack.
std::optional<double> figure(const json& values, const ThresholdExpression& expression) {
  const std::string stat = stat_name(expression);
  if (!values.contains(stat)) return std::nullopt;
  return values[stat].get<double>();
}

TEST_CASE("thresholds.eval") {
  for (const Case& one : cases("thresholds.eval")) {
    INFO(one.text());
    const auto expression = parse_threshold(one.input["threshold"].get<std::string>());
    REQUIRE(expression.ok());
    CHECK(holds(expression.value(), figure(one.input["sink_values"], expression.value())) ==
          one.expected.get<bool>());
  }
}

TEST_CASE("thresholds.run_sink") {
  for (const Case& one : cases("thresholds.run_sink")) {
    INFO(one.text());
    const auto given = one.input["sink"].begin();
    const json values = given->is_array() ? *given : json::array({*given});
    const Sink sink = sink_of(type_named(given.key()), values);
    const auto expression = parse_threshold(one.input["threshold"].get<std::string>());
    REQUIRE(expression.ok());
    const Nanoseconds elapsed = milliseconds(one.input["duration_ms"]);
    CHECK(holds(expression.value(), observe(expression.value(), sink, elapsed)) ==
          one.expected.get<bool>());
  }
}

/// A run whose metrics show the `sink_values` of a case. k6's fake sink offers all figures at once;
/// here each kind of figure has a metric of its own.
class FakeRun {
 public:
  explicit FakeRun(const json& values) {
    for (const auto& [stat, value] : values.items()) {
      const auto shown = value.get<double>();
      if (stat == "rate") {
        constexpr int kSamples = 10000;
        for (int i = 0; i < kSamples; ++i) record(rate_, i < std::lround(shown * kSamples) ? 1 : 0);
      } else {
        record(trend_, shown);
      }
    }
    Delta delta = shard_.take();
    totals_.merge(0, delta);
  }

  ThresholdSet thresholds(const json& input) const {
    std::vector<MetricThresholds> specs;
    for (const json& source : input["thresholds"]) {
      const bool is_rate = source.get<std::string>().starts_with("rate");
      specs.push_back({is_rate ? "a_rate" : "a_trend", {{source.get<std::string>()}}});
    }
    specs.front().specs.front().abort_on_fail = input["first_abortOnFail"].get<bool>();
    specs.front().specs.front().delay_abort_eval = milliseconds(input["first_delayAbortEval_ms"]);
    return ThresholdSet::create(specs, registry_).value();
  }

  const Totals& totals() const { return totals_; }

 private:
  void record(MetricId metric, double value) {
    shard_.record(shard_.series(metric, tags_.empty()), value, {});
  }

  Registry registry_;
  MetricId rate_ = registry_.declare("a_rate", MetricType::kRate, ValueKind::kDefault).value();
  MetricId trend_ = registry_.declare("a_trend", MetricType::kTrend, ValueKind::kDefault).value();
  TagTable tags_;
  Shard shard_{registry_, tags_};
  Totals totals_{registry_};
};

TEST_CASE("thresholds.run_all") {
  for (const Case& one : cases("thresholds.run_all")) {
    INFO(one.text());
    const FakeRun run(one.input["sink_values"]);
    ThresholdSet thresholds = run.thresholds(one.input);
    const bool abort =
        thresholds.evaluate(run.totals(), milliseconds(one.input["elapsed_ms"]), false);
    CHECK(abort == one.expected["abort"].get<bool>());
    CHECK(thresholds.failed_keys().empty() == one.expected["succeeded"].get<bool>());
  }
}

TEST_CASE("thresholds.validate") {
  for (const Case& one : cases("thresholds.validate")) {
    INFO(one.text());
    const auto key = one.input["metric"].get<std::string>();
    Registry registry;
    if (one.input.contains("type")) {
      const std::string name = key.substr(0, key.find('{'));
      REQUIRE(registry.declare(name, type_named(one.input["type"]), ValueKind::kDefault).ok());
    }
    const auto set =
        ThresholdSet::create({{key, {{one.input["threshold"].get<std::string>()}}}}, registry);
    REQUIRE(set.ok() == (one.expected == "ok"));
    if (set.ok()) continue;
    CHECK(static_cast<int>(set.error().code) == one.expected["exit_code"].get<int>());
    CHECK(set.error().message.find(one.expected["error_contains"].get<std::string>()) !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace loadrun::metrics
