#include "metrics/shard.h"

#include <string>
#include <utility>
#include <vector>

#include "metrics/totals.h"
#include "support/catch.h"
#include "unit/metrics/allocation_count.h"

namespace loadrun::metrics {
namespace {

constexpr MetricId kReqs = id_of(Builtin::kHttpReqs);
constexpr MetricId kDuration = id_of(Builtin::kHttpReqDuration);

double counted(const Delta& delta, SeriesId series) {
  return std::get<Counter>(delta.sinks[series.index]).sum.value();
}

struct Worker {
  Registry registry;
  TagTable tags;
  Shard shard{registry, tags};
};

TEST_CASE("a series is one metric with one tag set") {
  Worker w;
  const TagSetId a = w.tags.with(w.tags.empty(), "name", "a");
  const SeriesId plain = w.shard.series(kReqs, w.tags.empty());
  CHECK(w.shard.series(kReqs, w.tags.empty()) == plain);
  CHECK_FALSE(w.shard.series(kReqs, a) == plain);
  CHECK_FALSE(w.shard.series(kDuration, w.tags.empty()) == plain);
}

TEST_CASE("a delta holds what was recorded since the last one") {
  Worker w;
  const SeriesId first = w.shard.series(kReqs, w.tags.empty());
  const SeriesId idle = w.shard.series(kDuration, w.tags.empty());
  w.shard.record(first, 1, {});
  w.shard.record(first, 2, {});
  Delta one = w.shard.take({});
  CHECK(one.first_new == 0);
  REQUIRE(one.new_series.size() == 2);
  CHECK(one.new_series[idle.index].metric == kDuration);
  CHECK(one.touched == std::vector{first});
  CHECK(counted(one, first) == 3);
  CHECK(is_empty(one.sinks[idle.index]));

  const SeriesId added = w.shard.series(kReqs, w.tags.with(w.tags.empty(), "name", "b"));
  w.shard.record(added, 5, {});
  w.shard.record(first, 10, {});
  one.clear();
  const Delta two = w.shard.take(std::move(one));
  CHECK(two.first_new == 2);
  REQUIRE(two.new_series.size() == 1);
  CHECK(two.new_series[0].tags == Tags{{"name", "b"}});
  CHECK(two.touched == std::vector{added, first});
  CHECK(counted(two, added) == 5);
  CHECK(counted(two, first) == 10);
}

TEST_CASE("a series created but not recorded is announced once") {
  Worker w;
  w.shard.series(kReqs, w.tags.empty());
  const Delta first = w.shard.take({});
  CHECK(first.new_series.size() == 1);
  CHECK(first.touched.empty());
  CHECK(w.shard.take({}).new_series.empty());
}

TEST_CASE("recycled deltas serve series that were created in between") {
  Worker w;
  Totals totals(w.registry);
  Delta spare;
  for (int tick = 0; tick < 6; ++tick) {
    const TagSetId tags = w.tags.with(w.tags.empty(), "tick", std::to_string(tick));
    w.shard.record(w.shard.series(kReqs, tags), 1, {});
    w.shard.record(w.shard.series(kReqs, w.tags.empty()), 1, {});
    spare = w.shard.take(std::move(spare));
    totals.merge(0, spare);
  }
  CHECK(totals.series().size() == 7);
  CHECK(std::get<Counter>(totals.metric(kReqs)).sum.value() == 12);
}

TEST_CASE("in the steady state recording, taking and merging allocate nothing") {
  Worker w;
  Totals totals(w.registry);
  Delta spare;
  std::uint64_t allocations = 0;
  for (int tick = 0; tick < 8; ++tick) {
    const std::uint64_t before = test::allocation_count();
    for (int i = 0; i < 2000; ++i) {
      const double value = i % 700;
      w.shard.record(w.shard.series(kReqs, w.tags.empty()), 1, {});
      w.shard.record(w.shard.series(kDuration, w.tags.with(w.tags.empty(), "status", "200")), value,
                     {});
    }
    spare = w.shard.take(std::move(spare));
    totals.merge(0, spare);
    if (tick >= 2) allocations += test::allocation_count() - before;
  }
  CHECK(allocations == 0);
  CHECK(std::get<Trend>(totals.metric(kDuration)).count() == 16000);
}

}  // namespace
}  // namespace loadrun::metrics
