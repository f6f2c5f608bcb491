#include "metrics/shard.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metrics/histogram_codec.h"
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

/// A worker whose scenarios start at 100 s, with one counter.
struct StartedWorker : Worker {
  SeriesId reqs = shard.series(kReqs, tags.empty());

  StartedWorker() { shard.start({100s}); }
  void add(Nanoseconds at, double value = 1) { shard.record(reqs, value, {100s + at}); }
  /// What is closed, by second.
  std::vector<std::pair<std::int64_t, double>> taken() {
    std::vector<std::pair<std::int64_t, double>> seconds;
    while (shard.has_closed()) {
      Delta delta = shard.take();
      seconds.emplace_back(delta.second, counted(delta, reqs));
      delta.clear();
      shard.recycle(std::move(delta));
    }
    return seconds;
  }
};

using Seconds = std::vector<std::pair<std::int64_t, double>>;

TEST_CASE("a sample belongs to the second it ended in, whenever the tick comes") {
  StartedWorker w;
  w.add(0s);
  w.add(999'999'999ns, 10);
  w.add(1s, 100);
  w.add(4500ms, 1000);
  w.shard.close_seconds({104900ms});
  CHECK(w.taken() == Seconds{{0, 11}, {1, 100}});
  w.shard.close_seconds({105s});
  CHECK(w.taken() == Seconds{{4, 1000}});
  CHECK(w.shard.complete() == 4);
}

TEST_CASE("a late sample finds its second as long as that is open") {
  StartedWorker w;
  w.add(500ms);
  w.add(2100ms, 10);
  w.add(999ms, 100);    // of a second that is not handed over yet
  w.add(1500ms, 1000);  // of one that had nothing
  CHECK_FALSE(w.shard.complete() >= 0);
  w.shard.close_seconds({102s});
  CHECK(w.taken() == Seconds{{0, 101}, {1, 1000}});
  w.add(1900ms, 10000);  // too late: the oldest open second takes it
  w.shard.close_seconds({103s});
  CHECK(w.taken() == Seconds{{2, 10010}});
}

TEST_CASE("what came before the scenarios is no second of theirs") {
  Worker w;
  const SeriesId reqs = w.shard.series(kReqs, w.tags.empty());
  w.shard.record(reqs, 1, {5s});
  w.shard.close_seconds({6s});
  w.shard.record(reqs, 2, {50s});
  w.shard.start({100s});
  w.shard.record(reqs, 4, {99s});  // recorded late
  w.shard.record(reqs, 8, {100s});
  w.shard.close_all();
  std::vector<std::int64_t> seconds;
  std::vector<double> sums;
  while (w.shard.has_closed()) {
    const Delta delta = w.shard.take();
    seconds.push_back(delta.second);
    sums.push_back(counted(delta, reqs));
  }
  CHECK(seconds == std::vector<std::int64_t>{kBeforeStart, kBeforeStart, 0});
  CHECK(sums == std::vector<double>{5, 2, 8});
}

TEST_CASE("series of a later second are known when an earlier one is merged") {
  StartedWorker w;
  Totals totals(w.registry);
  w.add(100ms);
  const SeriesId fresh = w.shard.series(kDuration, w.tags.empty());
  w.shard.record(fresh, 7, {101500ms});
  w.shard.record(fresh, 9, {100900ms});  // of the second before, which did not know the series
  w.shard.close_all();
  while (w.shard.has_closed()) {
    Delta delta = w.shard.take();
    totals.merge(0, delta);
  }
  CHECK(std::get<Trend>(totals.metric(kDuration)).count() == 2);
  CHECK(std::get<Counter>(totals.metric(kReqs)).sum.value() == 1);
}

TEST_CASE("seconds that nobody takes are bounded, and nothing is lost") {
  StartedWorker w;
  for (int second = 0; second < 100; ++second) w.add(second * 1s);
  for (int second = 0; second < 100; ++second) w.add(second * 1s);  // all late
  w.shard.close_all();
  double sum = 0;
  const Seconds taken = w.taken();
  for (const auto& [second, value] : taken) sum += value;
  CHECK(sum == 200);
  CHECK(taken.size() <= 10);
  CHECK(std::ranges::is_sorted(taken));
}

TEST_CASE("how seconds are handed over does not change what is measured") {
  Worker whole;
  StartedWorker cut;
  Totals whole_totals(whole.registry);
  Totals cut_totals(cut.registry);
  const SeriesId series = whole.shard.series(kDuration, whole.tags.empty());
  const SeriesId cut_series = cut.shard.series(kDuration, cut.tags.empty());
  for (int i = 0; i < 5000; ++i) {
    const TimePoint at{100s + i * 7919us - (i % 13) * 100ms};
    whole.shard.record(series, i * 0.1, at);
    cut.shard.record(cut_series, i * 0.1, at);
    if (i % 100 == 0) cut.shard.close_seconds({100s + i * 7919us});
    while (i % 300 == 0 && cut.shard.has_closed()) {
      Delta delta = cut.shard.take();
      cut_totals.merge(0, delta);
      cut.shard.recycle(std::move(delta));
    }
  }
  cut.shard.close_all();
  while (cut.shard.has_closed()) {
    Delta delta = cut.shard.take();
    cut_totals.merge(0, delta);
  }
  Delta all = whole.shard.take();
  whole_totals.merge(0, all);
  CHECK(serialise(cut_totals.metric(kDuration)) == serialise(whole_totals.metric(kDuration)));
}

TEST_CASE("of metrics that are left out nothing is measured") {
  Worker w;
  Totals totals(w.registry);
  w.shard.leave_out(kReqs);
  w.shard.leave_out(kDuration);
  w.shard.start({0s});
  const TagSetId tags = w.tags.with(w.tags.empty(), "name", "a");
  const SeriesId nowhere = w.shard.series(kReqs, tags);
  CHECK(w.shard.series(kDuration, w.tags.empty()) == nowhere);
  const SeriesId checks = w.shard.series(id_of(Builtin::kChecks), tags);
  for (int i = 0; i < 10; ++i) {
    w.shard.record(nowhere, 1, {i * 700ms});
    w.shard.record(checks, 1, {i * 700ms});
    w.shard.record(nowhere, 1, {0s});  // late
  }
  w.shard.close_all();
  while (w.shard.has_closed()) {
    Delta delta = w.shard.take();
    CHECK(delta.touched == std::vector{checks});
    totals.merge(0, delta);
    w.shard.recycle(std::move(delta));
  }
  CHECK(is_empty(totals.metric(kReqs)));
  CHECK(is_empty(totals.metric(kDuration)));
  CHECK(std::get<Rate>(totals.metric(id_of(Builtin::kChecks))).total == 10);
}

TEST_CASE("a million different tags stay in bounds and are all counted") {
  Worker w;
  Totals totals(w.registry);
  w.tags.limit(1000);
  w.shard.limit_series(1000);
  constexpr int kNames = 1'000'000;
  for (int i = 0; i < kNames; ++i) {
    const TagSetId named = w.tags.with(w.tags.empty(), "name", "/item/" + std::to_string(i));
    const TagSetId tags = w.tags.with(named, "status", i % 2 == 0 ? "200" : "500");
    w.shard.record(w.shard.series(kReqs, tags), 1, {});
  }
  Delta delta = w.shard.take();
  totals.merge(0, delta);
  CHECK(w.tags.size() <= 2000);
  CHECK(totals.series().size() <= 2000);
  CHECK(std::get<Counter>(totals.metric(kReqs)).sum.value() == kNames);
  CHECK(w.tags.take_folded() >= kNames - 1000);
  double others = 0;
  for (const Totals::Series& series : totals.series()) {
    if (tag_value(series.tags, "name") != TagTable::kOther) continue;
    others += std::get<Counter>(series.sink).sum.value();
    CHECK_FALSE(tag_value(series.tags, "status") == TagTable::kOther);  // it has few values
  }
  CHECK(others >= kNames - 1000);
}

}  // namespace
}  // namespace loadrun::metrics
