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

TEST_CASE("samples are kept one by one only when they are wanted") {
  Worker w;
  const SeriesId series = w.shard.series(kReqs, w.tags.empty());
  w.shard.record(series, 1, {});
  CHECK(w.shard.take({}).samples.empty());
  w.shard.keep_samples();
  w.shard.record(series, 2, {Nanoseconds(7)});
  w.shard.record(series, 3, {Nanoseconds(8)});
  Delta delta = w.shard.take({});
  REQUIRE(delta.samples.size() == 2);
  CHECK(delta.samples[0].series == series);
  CHECK(delta.samples[0].value == 2);
  CHECK(delta.samples[0].at == TimePoint{Nanoseconds(7)});
  CHECK(delta.samples[0].metadata == 0);
  CHECK(delta.samples[1].value == 3);
  delta.clear();
  CHECK(delta.samples.empty());
}

TEST_CASE("samples say which metadata was set when they were taken, in every delta anew") {
  Worker w;
  w.shard.keep_samples();
  const SeriesId series = w.shard.series(kReqs, w.tags.empty());
  const auto record_with = [&](const Tags& metadata) {
    w.shard.set_metadata(metadata);
    w.shard.record(series, 1, {});
  };
  w.shard.record(series, 1, {});
  record_with({{"vu", "1"}});
  record_with({{"vu", "1"}});
  record_with({{"vu", "2"}});
  record_with({});
  record_with({{"vu", "3"}});
  const Delta first = w.shard.take({});
  std::vector<std::uint32_t> numbers;
  for (const Sample& sample : first.samples) numbers.push_back(sample.metadata);
  CHECK(numbers == std::vector<std::uint32_t>{0, 1, 1, 2, 0, 3});
  CHECK(first.metadata == std::vector<Tags>{{{"vu", "1"}}, {{"vu", "2"}}, {{"vu", "3"}}});

  w.shard.record(series, 1, {});
  const Delta second = w.shard.take({});
  CHECK(second.samples.at(0).metadata == 1);
  CHECK(second.metadata == std::vector<Tags>{{{"vu", "3"}}});
}

}  // namespace
}  // namespace loadrun::metrics
