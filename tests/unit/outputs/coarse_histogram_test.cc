#include "outputs/coarse_histogram.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>

#include "support/catch.h"

namespace loadrun::outputs {
namespace {

using metrics::Histogram;
using metrics::ValueKind;

/// What the format says of some bytes: read independently of how they were written.
struct Decoded {
  int scale = 0;
  std::map<std::int64_t, std::uint64_t> buckets;

  std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const auto& [bucket, count] : buckets) sum += count;
    return sum;
  }
  /// The upper bound of a positive bucket.
  double upper(std::int64_t bucket) const {
    return std::exp2(static_cast<double>(bucket) / std::exp2(scale) - 1023);
  }
};

class DigitReader {
 public:
  explicit DigitReader(std::string bytes) : bytes_(std::move(bytes)) {}

  bool at_end() const { return at_ >= 2 * bytes_.size(); }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 3) {
      const unsigned digit = next();
      value |= std::uint64_t{digit & 7U} << shift;
      if ((digit & 8U) == 0) return value;
    }
  }

 private:
  unsigned next() {
    const auto byte = static_cast<unsigned char>(bytes_.at(at_ / 2));
    return at_++ % 2 == 0 ? byte >> 4U : byte & 15U;
  }

  std::string bytes_;
  std::size_t at_ = 0;
};

Decoded decoded(const std::string& bytes) {
  Decoded result{static_cast<signed char>(bytes.at(0)), {}};
  DigitReader in(bytes.substr(1));
  const std::uint64_t first = in.number();
  auto bucket = static_cast<std::int64_t>(first >> 1U) ^ -static_cast<std::int64_t>(first & 1U);
  while (!in.at_end()) {
    const std::uint64_t count = in.number();
    if (count > 0) {
      result.buckets[bucket++] = count;
    } else if (!in.at_end()) {
      bucket += static_cast<std::int64_t>(in.number());
    }
  }
  return result;
}

Histogram histogram_of(const std::vector<double>& values, ValueKind kind = ValueKind::kDefault) {
  Histogram histogram(kind);
  for (const double value : values) histogram.add(value);
  return histogram;
}

TEST_CASE("few values keep the full resolution") {
  const Decoded one = decoded(coarse_histogram(histogram_of({1, 1, 2, 0, -4})));
  CHECK(one.scale == 8);
  const std::int64_t of_1 = 1023 * 256;
  const std::map<std::int64_t, std::uint64_t> expected{
      {-(of_1 + 512), 1}, {0, 1}, {of_1, 2}, {of_1 + 256, 1}};
  CHECK(one.buckets == expected);
}

TEST_CASE("times are bucketed in seconds") {
  const Decoded one = decoded(coarse_histogram(histogram_of({1000}, ValueKind::kTime)));
  CHECK(one.buckets == std::map<std::int64_t, std::uint64_t>{{1023 * 256, 1}});
}

// Values whose logarithms are normally distributed, as those of requests' durations about are.
std::vector<double> durations(std::size_t count, double spread, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> distribution(3, spread);
  std::vector<double> values(count);
  for (double& value : values) value = distribution(random);
  return values;
}

TEST_CASE("many values are told apart as far as bytes allow, and none gets lost") {
  for (const std::size_t count : {1U, 10U, 100U, 512U, 513U, 5000U, 200'000U}) {
    for (const double spread : {0.01, 0.5, 3.0, 40.0}) {
      INFO(count << " values, spread " << spread);
      const std::vector<double> values = durations(count, spread, 7);
      const std::string bytes = coarse_histogram(histogram_of(values));
      CHECK(bytes.size() <= kCoarseBytes);
      const Decoded read = decoded(bytes);
      CHECK(read.count() == count);
      std::map<std::int64_t, std::uint64_t> expected;
      for (const double value : values) {
        const double place = (std::log2(value) + 1023) * std::exp2(read.scale);
        ++expected[static_cast<std::int64_t>(std::ceil(place - 1e-6))];
      }
      CHECK(read.buckets == expected);
    }
  }
}

TEST_CASE("what a busy second keeps: its percentiles within a tenth") {
  const Decoded read = decoded(coarse_histogram(histogram_of(durations(150, 0.4, 3))));
  CHECK(read.scale >= 3);
}

TEST_CASE("extremes of any kind fit") {
  constexpr double kLargest = std::numeric_limits<double>::max();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> values{0, -0.0, kLargest, -kLargest, kInfinity, -kInfinity};
  for (double value = 1e-300; value < 1e300; value *= 10) {
    values.insert(values.end(), {value, -value});
  }
  const std::string bytes = coarse_histogram(histogram_of(values));
  CHECK(bytes.size() <= kCoarseBytes);
  const Decoded read = decoded(bytes);
  CHECK(read.scale < 0);
  CHECK(read.count() == values.size());
  CHECK(read.buckets.at(0) == 2);
}

}  // namespace
}  // namespace loadrun::outputs
