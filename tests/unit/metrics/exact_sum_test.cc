#include "metrics/exact_sum.h"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

ExactSum sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum;
}

TEST_CASE("a sum has no rounding error of its own") {
  CHECK(ExactSum{}.value() == 0);
  CHECK(sum_of(std::vector<double>(10, 0.1)).value() == 1.0);  // 0.1 ten times in doubles: 0.999…
  CHECK(sum_of({1e18, 0.25, -1e18}).value() == 0.25);
  CHECK(sum_of({-0.5, -0.25}).value() == -0.75);
  CHECK(sum_of({-3, 3}).value() == 0);
  CHECK(sum_of({-0.0}) == ExactSum{});
  CHECK(sum_of({12.345678}).value() == 12.345678);
  CHECK(sum_of({-12.345678}).value() == -12.345678);
}

TEST_CASE("a sum of large values does not overflow") {
  const ExactSum sum = sum_of(std::vector<double>(1000, 1.7e18));  // nanosecond time stamps
  CHECK(sum.value() == Approx(1.7e21));
  CHECK(sum_of(std::vector<double>(1000, -1.7e18)).value() == Approx(-1.7e21));
}

TEST_CASE("a value past 2^62 counts as 2^62, whatever the order") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(sum_of({infinity}).value() == 0x1p62);
  CHECK(sum_of({-1e300}).value() == -0x1p62);
  CHECK(sum_of({1e300, 1, -infinity}).value() == 1);
  CHECK(sum_of({1, -infinity, 1e300}) == sum_of({1e300, 1, -infinity}));
}

TEST_CASE("bits below 2^-64 are dropped from each value alike") {
  CHECK(sum_of({0x1p-64}).value() == 0x1p-64);
  CHECK(sum_of({0x1p-65, 0x1p-65}).value() == 0);
  CHECK(sum_of({-0x1p-65}) == ExactSum{});
}

TEST_CASE("a sum depends on the values only, not on their order or split") {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> distribution(3, 4);
  std::vector<double> values(5000);
  for (double& value : values) value = distribution(random) * (random() % 4 == 0 ? -1 : 1);
  const ExactSum expected = sum_of(values);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    const auto cut = values.begin() + static_cast<std::ptrdiff_t>(random() % values.size());
    ExactSum merged = sum_of({cut, values.end()});
    merged.merge(sum_of({values.begin(), cut}));
    CHECK(merged == expected);
  }
}

}  // namespace
}  // namespace loadrun::metrics
