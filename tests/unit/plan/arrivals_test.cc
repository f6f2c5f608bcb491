#include "plan/arrivals.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::scenario_of;

Scenario constant(std::int64_t rate, const std::string& unit, const std::string& duration) {
  return scenario_of({{"executor", "constant-arrival-rate"},
                      {"rate", rate},
                      {"timeUnit", unit},
                      {"duration", duration},
                      {"preAllocatedVUs", 1}});
}

json stage(const std::string& duration, std::int64_t target) {
  return {{"duration", duration}, {"target", target}};
}

Scenario ramping(std::int64_t start, std::vector<json> stages) {
  return scenario_of({{"executor", "ramping-arrival-rate"},
                      {"startRate", start},
                      {"stages", json(std::move(stages))},
                      {"preAllocatedVUs", 1}});
}

/// All arrivals of the test.
std::vector<Arrival> all_arrivals(const Scenario& scenario, std::uint64_t seed = 1) {
  Arrivals arrivals(scenario, {.seed = seed});
  std::vector<Arrival> all;
  while (const auto arrival = arrivals.next()) all.push_back(*arrival);
  return all;
}

std::vector<Nanoseconds> instants(const Scenario& scenario) {
  std::vector<Nanoseconds> all;
  for (const Arrival& arrival : all_arrivals(scenario)) all.push_back(arrival.at);
  return all;
}

using Instants = std::vector<Nanoseconds>;

TEST_CASE("a constant rate has its arrivals at multiples of the period, the first at once") {
  CHECK(instants(constant(2, "1s", "2s")) == Instants{0ms, 500ms, 1000ms, 1500ms});
  CHECK(even_arrivals(constant(2, "1s", "2s")) == 4);
  // One begun counts.
  CHECK(instants(constant(1, "3s", "4s")) == Instants{0s, 3s});
  CHECK(instants(constant(1, "1h", "1s")) == Instants{0s});
  for (const Arrival& arrival : all_arrivals(constant(7, "1s", "100s"))) {
    CHECK(arrival.at.count() == arrival.in_test * 1'000'000'000 / 7);
    CHECK(arrival.in_test == arrival.in_instance);
  }
}

TEST_CASE("a ramping rate has an arrival each time its integral reaches the next number") {
  // Up to 2/s in 2 s: t^2 / 2 = 1, 2.
  CHECK(instants(ramping(0, {stage("2s", 2)})) == Instants{1'414'213'562ns, 2s});
  // Down from 2/s in 2 s: 2t - t^2 / 2 = 1, 2.
  CHECK(instants(ramping(2, {stage("2s", 0)})) == Instants{585'786'437ns, 2s});
  CHECK(even_arrivals(ramping(2, {stage("2s", 0)})) == 2);
  // Flat stages, one of them at rest, between jumps.
  CHECK(instants(ramping(0, {stage("0s", 1), stage("2s", 1), stage("0s", 0), stage("5s", 0),
                             stage("0s", 2), stage("1s", 2)})) == Instants{1s, 2s, 7500ms, 8s});
  CHECK(instants(ramping(5, {stage("0s", 0), stage("9s", 0)})).empty());
  CHECK(instants(ramping(5, {stage("0s", 7)})).empty());
}

TEST_CASE("an arrival that began in one stage comes in the next") {
  // Half an arrival in the first second, the other half in a quarter of the next.
  CHECK(instants(ramping(0, {stage("1s", 1), stage("0s", 2), stage("1s", 2)})) ==
        Instants{1250ms, 1750ms});
}

/// The area below the line from `from` to `to` over `length`, up to `at`, times 2 * length.
Wide doubled_area(std::int64_t from, std::int64_t to, std::int64_t length, std::int64_t at) {
  return Wide{2} * from * at * length + (Wide{to} - from) * at * at;
}

TEST_CASE("instants are the exact ones, rounded down") {
  CounterRandom random(3);
  for (int round = 0; round < 200; ++round) {
    const auto below = [&](std::uint64_t n) {
      return static_cast<std::int64_t>(random.next() % n);
    };
    const std::int64_t length = 1 + below(100'000'000'000);
    const std::int64_t from = below(2000);
    const std::array<std::int64_t, 4> ends{0, from, below(2000), below(2000)};
    const std::int64_t to = ends[static_cast<std::size_t>(below(4))];
    const RateCurve curve(RampingArrivalRate{
        .start_rate = from, .time_unit = 1s, .stages = {{Nanoseconds(length), to}}});
    if (curve.even_arrivals() == 0) continue;
    const std::int64_t k = below(static_cast<std::uint64_t>(curve.even_arrivals()));
    const std::int64_t at = curve.even_instant(k)->count();
    const Wide reached = Wide{k + 1} * 2'000'000'000 * length;
    CHECK(doubled_area(from, to, length, at) <= reached);
    if (at < length) CHECK(doubled_area(from, to, length, at + 1) > reached);
    CHECK(at <= length);
    CHECK_FALSE(curve.even_instant(curve.even_arrivals()).has_value());
  }
}

TEST_CASE("rates and durations of any size are exact and in order") {
  const RateCurve steep(
      ConstantArrivalRate{.rate = 1'000'000'000'000'000, .time_unit = 1h, .duration = 2'000'000h});
  CHECK(steep.even_arrivals() == std::numeric_limits<std::int64_t>::max());
  const std::int64_t k = 9'000'000'000'000'000'007;
  const Nanoseconds at = *steep.even_instant(k);
  CHECK(at.count() == static_cast<std::int64_t>(Wide{k} * 36 / 10'000));
  const RateCurve ramp(RampingArrivalRate{
      .start_rate = 0, .time_unit = 1h, .stages = {{2'000'000h, 1'000'000'000'000}}});
  Nanoseconds before{0};
  for (std::int64_t i = 0; i < 1000; ++i) {
    const Nanoseconds now = *ramp.even_instant(ramp.even_arrivals() / 1000 * i);
    CHECK(now >= before);
    before = now;
  }
  CHECK(*ramp.even_instant(ramp.even_arrivals() - 1) == 2'000'000h);
}

Scenario poisson(json fields) {
  fields["arrival"] = "poisson";
  fields["preAllocatedVUs"] = 1;
  return scenario_of(std::move(fields));
}

Scenario poisson_at(std::int64_t rate) {
  return poisson({{"executor", "constant-arrival-rate"}, {"rate", rate}, {"duration", "100s"}});
}

TEST_CASE("poisson arrivals have exponential gaps of the right mean") {
  const std::vector<Arrival> all = all_arrivals(poisson_at(1000));
  // The standard deviation of the number of 100,000 expected ones is 316.
  CHECK(std::abs(static_cast<double>(all.size()) - 100'000) < 1600);
  double sum_of_squares = 0;
  std::int64_t longer_than_mean = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    REQUIRE(all[i].at >= all[i - 1].at);
    const double gap = to_seconds(all[i].at - all[i - 1].at) * 1000;
    sum_of_squares += gap * gap;
    if (gap > 1) ++longer_than_mean;
  }
  const auto count = static_cast<double>(all.size());
  CHECK(std::abs(sum_of_squares / count - 2) < 0.1);
  CHECK(std::abs(static_cast<double>(longer_than_mean) / count - std::exp(-1)) < 0.01);
  CHECK(all.back().at <= 100s);
}

TEST_CASE("poisson arrivals follow a ramp") {
  const Scenario ramp = poisson(
      {{"executor", "ramping-arrival-rate"}, {"startRate", 0}, {"stages", {stage("100s", 1000)}}});
  const std::vector<Arrival> all = all_arrivals(ramp);
  CHECK(std::abs(static_cast<double>(all.size()) - 50'000) < 1200);
  const auto early = std::count_if(all.begin(), all.end(),
                                   [](const Arrival& arrival) { return arrival.at < 50s; });
  CHECK(std::abs(static_cast<double>(early) - 12'500) < 600);
}

TEST_CASE("poisson arrivals are those of the seed and the scenario") {
  const Scenario scenario = poisson_at(10);
  const std::vector<Arrival> all = all_arrivals(scenario, 5);
  CHECK(all == all_arrivals(scenario, 5));
  CHECK(all != all_arrivals(scenario, 6));
  Arrivals of_another(scenario, {.seed = 5, .scenario = 1});
  CHECK(*of_another.next() != all.front());
}

Scenario search() {
  return scenario_of({{"executor", "capacity"},
                      {"start", 1},
                      {"maxRate", 1000},
                      {"preAllocatedVUs", 7},
                      {"objective", {{"checks", {"rate>0.9"}}}}});
}

TEST_CASE("the arrivals of a capacity search follow the pieces that are announced") {
  Arrivals arrivals(search(), {});
  CHECK_FALSE(arrivals.next());
  arrivals.announce({.probe = 1, .rate = 2, .start = 1s, .first = 0});
  CHECK(arrivals.next() == Arrival{0, 0, 1s, 1, 2});
  CHECK(arrivals.next() == Arrival{1, 1, 1500ms, 1, 2});
  const RatePiece first{.probe = 1, .rate = 2, .start = 1s, .first = 0};
  const RatePiece second{
      .probe = 2, .rate = 4, .start = 2200ms, .first = arrivals_until(2200ms, first, 1s)};
  CHECK(second.first == 3);
  arrivals.announce(second);
  CHECK(arrivals.next() == Arrival{2, 2, 2s, 1, 2});
  CHECK(arrivals.next() == Arrival{3, 3, 2200ms, 2, 4});
  arrivals.announce({.probe = 0, .rate = 0, .start = 2300ms, .first = 4});
  CHECK_FALSE(arrivals.next());
  arrivals.announce({.probe = 3, .rate = 1, .start = 5s, .first = 4});
  CHECK(arrivals.next() == Arrival{4, 4, 5s, 3, 1});
}

TEST_CASE("workers share the arrivals of a capacity search, however many they are") {
  const RatePiece first{.probe = 1, .rate = 70, .start = 20ms, .first = 0};
  const RatePiece second{
      .probe = 2, .rate = 105, .start = 1333ms, .first = arrivals_until(1333ms, first, 1s)};
  const auto of = [&](std::uint32_t workers) {
    std::vector<Arrival> all;
    const Scenario scenario = search();
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      Arrivals arrivals(
          scenario, {.striping = {.workers = workers, .all_workers = workers}, .worker = worker});
      arrivals.announce(first);
      auto arrival = arrivals.next();
      for (; arrival && arrival->at < 1s; arrival = arrivals.next()) all.push_back(*arrival);
      // As a runner does: what it holds of the next piece's time is void.
      arrivals.announce(second);
      if (arrival && arrival->at >= second.start) arrival = arrivals.next();
      for (; arrival && arrival->at < 2s; arrival = arrivals.next()) all.push_back(*arrival);
    }
    std::ranges::sort(all, {}, &Arrival::in_test);
    return all;
  };
  const std::vector<Arrival> alone = of(1);
  CHECK(alone.size() == 92 + 71);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    CHECK(alone[i].in_test == static_cast<std::int64_t>(i));
  }
  CHECK(of(2) == alone);
  CHECK(of(3) == alone);
}

}  // namespace
}  // namespace loadrun::plan
