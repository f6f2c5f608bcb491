#include "metrics/totals.h"

#include <string>
#include <utility>
#include <vector>

#include "metrics/shard.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

constexpr MetricId kReqs = id_of(Builtin::kHttpReqs);
constexpr MetricId kDuration = id_of(Builtin::kHttpReqDuration);

/// A worker with its own tag table, as in a run.
struct Worker {
  explicit Worker(const Registry& registry) : shard(registry, tags) {}
  void record(MetricId metric, const Tags& of, double value) {
    shard.record(shard.series(metric, tags.intern(of)), value, {});
  }
  TagTable tags;
  Shard shard;
};

void hand_over(Worker& worker, std::uint32_t number, Totals& totals) {
  Delta delta = worker.shard.take();
  totals.merge(number, delta);
}

double counted(const Sink& sink) { return std::get<Counter>(sink).sum.value(); }

TEST_CASE("metrics without samples have empty sinks of their type") {
  Registry registry;
  const Totals totals(registry);
  CHECK(std::holds_alternative<Rate>(totals.metric(id_of(Builtin::kChecks))));
  const MetricId late = registry.declare("late", MetricType::kTrend, ValueKind::kTime).value();
  REQUIRE(std::holds_alternative<Trend>(totals.metric(late)));
  CHECK(is_empty(totals.metric(late)));
}

TEST_CASE("metrics declared after the totals are counted") {
  Registry registry;
  Totals totals(registry);
  const MetricId late = registry.declare("late", MetricType::kCounter, ValueKind::kData).value();
  Worker worker(registry);
  worker.record(late, {}, 4);
  hand_over(worker, 0, totals);
  CHECK(counted(totals.metric(late)) == 4);
}

TEST_CASE("series of several workers come together by metric and tags") {
  const Registry registry;
  Totals totals(registry);
  Worker a(registry);
  Worker b(registry);
  a.record(kReqs, {{"status", "200"}}, 1);
  a.record(kReqs, {{"status", "500"}}, 2);
  b.record(kDuration, {}, 9);
  b.record(kReqs, {{"status", "500"}}, 4);
  hand_over(b, 1, totals);
  hand_over(a, 0, totals);
  a.record(kReqs, {{"status", "200"}}, 8);
  hand_over(a, 0, totals);

  const std::vector<Totals::Series>& series = totals.series();
  REQUIRE(series.size() == 3);
  CHECK(series[0].metric == kDuration);
  CHECK(series[1].tags == Tags{{"status", "500"}});
  CHECK(counted(series[1].sink) == 6);
  CHECK(series[2].tags == Tags{{"status", "200"}});
  CHECK(counted(series[2].sink) == 9);
  CHECK(counted(totals.metric(kReqs)) == 15);
}

TEST_CASE("sub-metrics take the samples that have all their tags") {
  const Registry registry;
  Totals totals(registry);
  totals.track({"http_reqs{a:1}", kReqs, {{"a", "1"}}});
  totals.track({"http_reqs{a:1,b:2}", kReqs, {{"a", "1"}, {"b", "2"}}});
  totals.track({"http_reqs{b:''}", kReqs, {{"b", ""}}});
  REQUIRE(totals.submetrics().size() == 4);
  Worker worker(registry);
  worker.record(kReqs, {{"a", "1"}}, 1);
  worker.record(kReqs, {{"a", "1"}, {"b", "2"}, {"c", "3"}}, 10);
  worker.record(kReqs, {{"a", "2"}, {"b", "2"}}, 100);
  worker.record(kReqs, {}, 1000);
  worker.record(kDuration, {{"a", "1"}}, 10000);
  hand_over(worker, 0, totals);
  CHECK(counted(totals.submetric(1)) == 11);
  CHECK(counted(totals.submetric(2)) == 10);
  CHECK(counted(totals.submetric(3)) == 1001);
}

TEST_CASE("expected responses are always tracked, once") {
  const Registry registry;
  Totals totals(registry);
  totals.track({"http_req_duration{ expected_response : true }",
                kDuration,
                {{"expected_response", "true"}}});
  REQUIRE(totals.submetrics().size() == 1);
  CHECK(totals.submetrics()[0].name == "http_req_duration{expected_response:true}");
  Worker worker(registry);
  worker.record(kDuration, {{"expected_response", "true"}}, 5);
  worker.record(kDuration, {{"expected_response", "false"}}, 7);
  hand_over(worker, 0, totals);
  CHECK(std::get<Trend>(totals.submetric(0)).max() == 5);
  CHECK(std::get<Trend>(totals.metric(kDuration)).max() == 7);
}

TEST_CASE("totals do not depend on the order of the workers") {
  const Registry registry;
  std::vector<double> medians;
  for (const bool reversed : {false, true}) {
    Totals totals(registry);
    Worker a(registry);
    Worker b(registry);
    for (int i = 0; i < 900; ++i) (i % 3 == 0 ? a : b).record(kDuration, {}, i * 0.1);
    hand_over(reversed ? b : a, reversed ? 1 : 0, totals);
    hand_over(reversed ? a : b, reversed ? 0 : 1, totals);
    const auto& trend = std::get<Trend>(totals.metric(kDuration));
    medians.push_back(trend.percentile(0.5));
    medians.push_back(trend.sum());
  }
  CHECK(medians[0] == medians[2]);
  CHECK(medians[1] == medians[3]);
}

TEST_CASE("a delta that is cleared after merging is empty and its shard can use it again") {
  const Registry registry;
  Totals totals(registry);
  Worker worker(registry);
  worker.record(kReqs, {}, 1);
  Delta delta = worker.shard.take();
  totals.merge(0, delta);
  delta.clear();
  CHECK(delta.touched.empty());
  CHECK(delta.new_series.empty());
  CHECK(is_empty(delta.sinks[0]));
  for (int tick = 0; tick < 3; ++tick) {
    worker.record(kReqs, {}, 1);
    worker.shard.recycle(std::move(delta));
    delta = worker.shard.take();
    totals.merge(0, delta);
    delta.clear();
  }
  CHECK(counted(totals.metric(kReqs)) == 4);
}

}  // namespace
}  // namespace loadrun::metrics
