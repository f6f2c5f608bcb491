#include "metrics/bucket_index.h"

#include <cmath>
#include <limits>
#include <random>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

TEST_CASE("a power of two is the last value of its bucket, as in OpenTelemetry") {
  for (const double power : {0x1p-20, 0.5, 1.0, 2.0, 1024.0, 0x1p40}) {
    const double next = std::nextafter(power, std::numeric_limits<double>::infinity());
    CHECK(bucket_of(next) == bucket_of(power) + 1);
    CHECK(bucket_of(std::nextafter(power, 0.0)) == bucket_of(power));
    CHECK(bucket_of(power * 2) == bucket_of(power) + 256);
  }
}

TEST_CASE("buckets follow the logarithm") {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> exponent(-60, 60);
  const BucketIndex of_one = bucket_of(1.0);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::exp2(exponent(random));
    // The bucket below an upper bound that is included: ceil of the scaled logarithm.
    const double expected = std::ceil(std::log2(value) * 256);
    const double actual = bucket_of(value) - of_one;
    // The logarithm itself is not exact: it may fall on the other side right at a boundary.
    const double distance = std::fabs(std::log2(value) * 256 - std::round(std::log2(value) * 256));
    if (distance > 1e-9) REQUIRE(actual == expected);
  }
}

TEST_CASE("buckets ascend over the whole line and their middles are near") {
  double previous = -1e12;
  for (double value = -1e12; value < -1e-12; value *= 0.9993) {
    REQUIRE(bucket_of(value) >= bucket_of(previous));
    REQUIRE(std::fabs(bucket_middle(bucket_of(value)) - value) <= 0.00136 * std::fabs(value));
    REQUIRE(bucket_of(-value) == -bucket_of(value));
    previous = value;
  }
  CHECK(bucket_of(0.0) == 0);
  CHECK(bucket_of(-0.0) == 0);
  CHECK(bucket_middle(0) == 0);
  CHECK(bucket_of(1e-300) > 0);
}

TEST_CASE("the extremes have buckets too") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(bucket_of(infinity) == bucket_of(std::numeric_limits<double>::max()));
  CHECK(bucket_of(-infinity) == -bucket_of(infinity));
  CHECK(bucket_of(std::numeric_limits<double>::denorm_min()) ==
        bucket_of(std::numeric_limits<double>::min()));
  CHECK(std::isfinite(bucket_middle(bucket_of(infinity))));
}

}  // namespace
}  // namespace loadrun::metrics
