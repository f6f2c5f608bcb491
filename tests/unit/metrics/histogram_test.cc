#include "metrics/histogram.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

using Values = std::vector<double>;

Histogram histogram_of(const Values& values, ValueKind contains = ValueKind::kTime) {
  Histogram histogram(contains);
  for (const double value : values) histogram.add(value);
  return histogram;
}

/// The two neighbouring samples of a percentile and k6's answer from all samples.
struct Exact {
  double value;
  double larger_magnitude;
};

Exact exact_percentile(const Values& sorted, double q) {
  const double rank = q * static_cast<double>(sorted.size() - 1);
  const auto index = static_cast<std::size_t>(rank);
  const double lower = sorted[index];
  const double upper = sorted[std::min(index + 1, sorted.size() - 1)];
  return {lower + (upper - lower) * (rank - std::floor(rank)),
          std::max(std::fabs(lower), std::fabs(upper))};
}

struct Distribution {
  std::string name;
  std::function<double(std::mt19937_64&)> draw;
};

std::vector<Distribution> distributions() {
  return {
      {"uniform", [](auto& r) { return std::uniform_real_distribution(0.0, 1000.0)(r); }},
      {"latencies", [](auto& r) { return std::lognormal_distribution(3.0, 1.0)(r); }},
      {"wide", [](auto& r) { return std::lognormal_distribution(0.0, 12.0)(r); }},
      {"narrow", [](auto& r) { return std::normal_distribution(250.0, 0.5)(r); }},
      {"whole milliseconds",
       [](auto& r) { return std::floor(std::exponential_distribution(0.02)(r)); }},
      {"around zero", [](auto& r) { return std::normal_distribution(0.0, 100.0)(r); }},
      {"negative", [](auto& r) { return -std::lognormal_distribution(2.0, 2.0)(r); }},
      {"mostly zero",
       [](auto& r) { return r() % 4 == 0 ? std::exponential_distribution(0.1)(r) : 0.0; }},
      {"two peaks", [](auto& r) { return r() % 100 < 97 ? 5 + 1e-3 * double(r() % 100) : 3000.0; }},
      {"constant", [](auto&) { return 123.456; }},
  };
}

/// Of magnitudes that sums are not exact for.
std::vector<Distribution> extreme_distributions() {
  return {
      {"pareto", [](auto& r) { return std::pow(std::uniform_real_distribution(0.0, 1.0)(r), -3); }},
      {"tiny", [](auto& r) { return 1e-280 * std::lognormal_distribution(0.0, 3.0)(r); }},
      {"huge", [](auto& r) { return 1e290 * std::lognormal_distribution(0.0, 3.0)(r); }},
      {"both signs, any magnitude",
       [](auto& r) {
         const double value = std::exp2(std::uniform_real_distribution(-900.0, 900.0)(r));
         return r() % 2 == 0 ? value : -value;
       }},
  };
}

Values sample(const Distribution& distribution, std::size_t count) {
  std::mt19937_64 random(7);
  Values values(count);
  for (double& value : values) value = distribution.draw(random);
  return values;
}

Values quantiles() {
  Values qs{0.001, 0.0001, 0.999, 0.9999, 0.99999};
  for (int percent = 0; percent <= 100; ++percent) qs.push_back(percent / 100.0);
  return qs;
}

/// Everything a histogram can be asked.
Values answers(const Histogram& histogram) {
  Values all{static_cast<double>(histogram.count()), histogram.min(), histogram.max(),
             histogram.sum(), histogram.avg()};
  for (const double q : quantiles()) all.push_back(histogram.percentile(q));
  return all;
}

TEST_CASE("an empty histogram answers zero") {
  for (const double answer : answers(Histogram(ValueKind::kDefault))) CHECK(answer == 0);
}

TEST_CASE("up to 512 values percentiles are k6's exactly") {
  for (const Distribution& distribution : distributions()) {
    for (const std::size_t count : {1U, 2U, 3U, 100U, 511U, 512U}) {
      Values values = sample(distribution, count);
      const Histogram histogram = histogram_of(values);
      std::ranges::sort(values);
      for (const double q : quantiles()) {
        INFO(distribution.name << " " << count << " q=" << q);
        REQUIRE(histogram.percentile(q) == exact_percentile(values, q).value);
      }
    }
  }
}

TEST_CASE("beyond that they are off by at most 0.14 % of the larger neighbour") {
  std::vector<Distribution> all = distributions();
  for (const Distribution& extreme : extreme_distributions()) all.push_back(extreme);
  for (const Distribution& distribution : all) {
    for (const ValueKind kind : {ValueKind::kTime, ValueKind::kDefault}) {
      for (const std::size_t count : {513U, 1000U, 20000U}) {
        Values values = sample(distribution, count);
        const Histogram histogram = histogram_of(values, kind);
        std::ranges::sort(values);
        for (const double q : quantiles()) {
          const Exact exact = exact_percentile(values, q);
          INFO(distribution.name << " " << count << " q=" << q);
          REQUIRE(std::fabs(histogram.percentile(q) - exact.value) <=
                  0.0014 * exact.larger_magnitude);
        }
      }
    }
  }
}

TEST_CASE("count, extremes and sum stay exact") {
  for (const Distribution& distribution : distributions()) {
    INFO(distribution.name);
    const Values values = sample(distribution, 5000);
    const Histogram histogram = histogram_of(values);
    long double sum = 0;
    for (const double value : values) sum += static_cast<long double>(value);
    CHECK(histogram.count() == values.size());
    CHECK(histogram.min() == *std::ranges::min_element(values));
    CHECK(histogram.max() == *std::ranges::max_element(values));
    CHECK(histogram.percentile(0) == histogram.min());
    CHECK(histogram.percentile(1) == histogram.max());
    CHECK(histogram.sum() == Approx(static_cast<double>(sum)).epsilon(1e-12));
    CHECK(histogram.avg() == histogram.sum() / 5000);
  }
}

TEST_CASE("what a histogram answers does not depend on order, split or merging") {
  std::mt19937_64 random(11);
  for (const Distribution& distribution : distributions()) {
    for (const std::size_t count : {512U, 513U, 3000U}) {
      Values values = sample(distribution, count);
      const Values expected = answers(histogram_of(values));
      for (int round = 0; round < 4; ++round) {
        std::ranges::shuffle(values, random);
        std::vector<Histogram> parts(1 + random() % 12, Histogram(ValueKind::kTime));
        // Unequal parts: some stay exact, some become buckets, some stay empty.
        for (const double value : values) {
          parts[std::min<std::size_t>(random() % parts.size(), random() % parts.size())].add(value);
        }
        while (parts.size() > 1) {
          const std::size_t into = random() % (parts.size() - 1);
          parts[into].merge(parts.back());
          parts.pop_back();
        }
        INFO(distribution.name << " " << count << " round " << round);
        REQUIRE(answers(parts.front()) == expected);
      }
    }
  }
}

TEST_CASE("the sign of zero does not show") {
  CHECK_FALSE(std::signbit(histogram_of({-0.0, 0.0}).min()));
  CHECK_FALSE(std::signbit(histogram_of({-0.0}).max()));
}

TEST_CASE("time is bucketed in seconds, other values in their own unit") {
  Values values(1000, 1000.0);
  values.push_back(1);  // so that the middle is not clamped to the extremes
  values.push_back(1e6);
  // 1000 ms is the upper bound 1 s of its bucket; in its own unit it lies inside another one.
  const double second = 1000 * (std::exp2(-1.0 / 256) + 1) / 2;
  CHECK(histogram_of(values, ValueKind::kTime).percentile(0.5) == Approx(second).epsilon(1e-12));
  CHECK(histogram_of(values, ValueKind::kDefault).percentile(0.5) != Approx(second).epsilon(1e-12));
}

TEST_CASE("a cleared histogram is as new") {
  Histogram histogram = histogram_of(sample(distributions()[5], 2000));
  histogram.clear();
  CHECK(histogram.count() == 0);
  CHECK(answers(histogram) == answers(Histogram(ValueKind::kTime)));
  histogram.add(5);
  CHECK(histogram.percentile(0.5) == 5);
  for (int i = 0; i < 1000; ++i) histogram.add(5);
  CHECK(histogram.percentile(0.5) == 5);
  CHECK(histogram.sum() == 5005);
}

TEST_CASE("infinite values are counted and do not spoil the rest") {
  const double infinity = std::numeric_limits<double>::infinity();
  Values values(600, 10.0);
  values.push_back(infinity);
  const Histogram histogram = histogram_of(values);
  CHECK(histogram.max() == infinity);
  CHECK(histogram.percentile(0.5) == Approx(10).epsilon(0.0014));
  CHECK(histogram_of({infinity, infinity}).percentile(0.5) == infinity);
  CHECK(histogram_of({1, infinity}).percentile(0) == 1);
  CHECK(histogram_of({-infinity, infinity}).percentile(0.5) == -infinity);
  CHECK(histogram_of({-infinity, 1}).percentile(0.5) == -infinity);
  const double huge = std::numeric_limits<double>::max();
  CHECK(histogram_of({-huge, huge}).percentile(0.5) == 0);
}

}  // namespace
}  // namespace loadrun::metrics
