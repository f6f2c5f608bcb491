#include "metrics/sink.h"

#include <vector>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

constexpr TimePoint at(int seconds) { return {std::chrono::seconds(seconds)}; }

Sink counter_of(const std::vector<double>& values) {
  Sink sink = make_sink(MetricType::kCounter, ValueKind::kDefault);
  for (const double value : values) add(sink, value, at(0));
  return sink;
}

TEST_CASE("a counter is the sum, its rate the sum per second") {
  const auto counter = std::get<Counter>(counter_of({1, 2, 3.5}));
  CHECK(counter.sum.value() == 6.5);
  CHECK(counter.samples == 3);
  CHECK(counter.per_second(2s) == 3.25);
  CHECK(counter.per_second(0s) == 0);
}

TEST_CASE("a rate counts the non-zero values") {
  Sink sink = make_sink(MetricType::kRate, ValueKind::kDefault);
  CHECK(std::get<Rate>(sink).share() == 0);
  for (const double value : {1.0, 0.0, -2.0, 0.5}) add(sink, value, at(0));
  CHECK(std::get<Rate>(sink).share() == 0.75);
}

TEST_CASE("of merged gauges the sample taken last counts") {
  Sink early = make_sink(MetricType::kGauge, ValueKind::kDefault);
  add(early, 7, at(1));
  add(early, -3, at(2));
  Sink late = make_sink(MetricType::kGauge, ValueKind::kDefault);
  add(late, 4, at(3));
  for (const bool late_first : {false, true}) {
    Sink merged = make_sink(MetricType::kGauge, ValueKind::kDefault);
    merge(merged, late_first ? late : early);
    merge(merged, late_first ? early : late);
    const auto& gauge = std::get<Gauge>(merged);
    CHECK(gauge.last == 4);
    CHECK(gauge.min == -3);
    CHECK(gauge.max == 7);
    CHECK(gauge.samples == 3);
  }
}

TEST_CASE("gauges of one instant merge to the same value in either order") {
  Sink a = make_sink(MetricType::kGauge, ValueKind::kDefault);
  Sink b = a;
  add(a, 1, at(5));
  add(b, 2, at(5));
  Sink ab = a;
  merge(ab, b);
  merge(b, a);
  CHECK(std::get<Gauge>(ab).last == 2);
  CHECK(std::get<Gauge>(b).last == 2);
}

TEST_CASE("merging an empty gauge changes nothing") {
  Sink gauge = make_sink(MetricType::kGauge, ValueKind::kDefault);
  const Sink empty = gauge;
  add(gauge, -5, at(1));
  merge(gauge, empty);
  CHECK(std::get<Gauge>(gauge).max == -5);
  CHECK(std::get<Gauge>(gauge).last == -5);
}

TEST_CASE("a cleared sink of any type is empty") {
  for (const MetricType type :
       {MetricType::kCounter, MetricType::kGauge, MetricType::kRate, MetricType::kTrend}) {
    Sink sink = make_sink(type, ValueKind::kTime);
    CHECK(is_empty(sink));
    add(sink, 0, at(1));
    CHECK_FALSE(is_empty(sink));
    const Sink copy = sink;
    merge(sink, copy);
    clear(sink);
    CHECK(is_empty(sink));
    merge(sink, copy);
    CHECK_FALSE(is_empty(sink));
  }
}

}  // namespace
}  // namespace loadrun::metrics
