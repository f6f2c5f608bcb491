#include "metrics/threshold_expression.h"

#include <string>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

bool judge(const std::string& source, std::optional<double> observed) {
  return holds(parse_threshold(source).value(), observed);
}

TEST_CASE("a threshold is method, comparison and number") {
  const auto parsed = parse_threshold("  p(99.9)  >=  +1.5e3 ");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().method == "p");
  CHECK(parsed.value().percentile == 99.9);
  CHECK(parsed.value().op == Operator::kGreaterEqual);
  CHECK(parsed.value().value == 1500);
  CHECK(stat_name(parsed.value()) == "p(99.9)");
  CHECK(stat_name(parse_threshold("p(95)<1").value()) == "p(95)");
  CHECK(stat_name(parse_threshold("med<1").value()) == "med");
  CHECK(parse_threshold("value>-3").value().value == -3);
}

TEST_CASE("what is wrong with a threshold is said with its text") {
  for (const char* source :
       {"", "rate", "rate<", "<1", "rate<1x", "rate<1 2", "rate<nan", "rate<+-1", "rate=1", "p95<1",
        "p(101)<1", "p(-1)<1", "p(nan)<1", "p( 9)<1", "p(9<1", "RATE<1", "rate<<1"}) {
    INFO(source);
    const auto parsed = parse_threshold(source);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ExitCode::kInvalidConfig);
    CHECK(parsed.error().message.find('"' + std::string(source) + '"') != std::string::npos);
  }
}

TEST_CASE("comparisons at, below and above the limit") {
  struct Row {
    const char* op;
    bool below, at, above;
  };
  for (const Row& row :
       {Row{"<", true, false, false}, Row{"<=", true, true, false}, Row{">", false, false, true},
        Row{">=", false, true, true}, Row{"==", false, true, false}, Row{"===", false, true, false},
        Row{"!=", true, false, true}}) {
    const std::string source = std::string("value") + row.op + "5";
    INFO(source);
    CHECK(judge(source, 4) == row.below);
    CHECK(judge(source, 5) == row.at);
    CHECK(judge(source, 6) == row.above);
    CHECK(judge(source, std::nullopt));
  }
}

TEST_CASE("every method reads its own figure") {
  const auto see = [](const char* source, const Sink& sink) {
    return observe(parse_threshold(source).value(), sink, 4s);
  };
  Sink trend = make_sink(MetricType::kTrend, ValueKind::kTime);
  for (const double value : {1.0, 2.0, 3.0, 10.0}) add(trend, value, {});
  CHECK(see("avg<1", trend) == 4);
  CHECK(see("min<1", trend) == 1);
  CHECK(see("max<1", trend) == 10);
  CHECK(see("med<1", trend) == 2.5);
  CHECK(see("p(100)<1", trend) == 10);
  CHECK(see("p(0)<1", trend) == 1);
  CHECK_FALSE(see("count<1", trend).has_value());

  Sink counter = make_sink(MetricType::kCounter, ValueKind::kDefault);
  add(counter, 10, {});
  CHECK(see("count<1", counter) == 10);
  CHECK(see("rate<1", counter) == 2.5);
  CHECK_FALSE(see("value<1", counter).has_value());

  Sink gauge = make_sink(MetricType::kGauge, ValueKind::kDefault);
  add(gauge, 10, {});
  add(gauge, 3, {1ns});
  CHECK(see("value<1", gauge) == 3);
  CHECK_FALSE(see("max<1", gauge).has_value());

  Sink rate = make_sink(MetricType::kRate, ValueKind::kDefault);
  add(rate, 1, {});
  add(rate, 0, {});
  CHECK(see("rate<1", rate) == 0.5);
  CHECK_FALSE(see("count<1", rate).has_value());
}

}  // namespace
}  // namespace loadrun::metrics
