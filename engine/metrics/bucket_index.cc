#include "metrics/bucket_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace loadrun::metrics {

namespace {

constexpr int kScale = 8;
constexpr int kBucketsPerOctave = 1 << kScale;
constexpr int kMantissaBits = std::numeric_limits<double>::digits - 1;
constexpr int kExponentBias = 1023;

// The narrowest bucket of an octave is wider than 1/512 of it (2^(1/256)-1 = 0.0027), so a cell of
// that width contains at most one bucket boundary: one guess and one comparison find the bucket.
constexpr int kCellBits = 9;

/// Where the buckets of one octave start, as mantissas, and the first bucket of every cell.
struct OctaveTable {
  std::array<std::uint64_t, kBucketsPerOctave + 1> starts{};
  std::array<std::uint8_t, 1 << kCellBits> first_of_cell{};
};

OctaveTable make_table() {
  constexpr std::uint64_t kOne = std::uint64_t{1} << kMantissaBits;
  OctaveTable table;
  for (std::size_t i = 0; i < table.starts.size(); ++i) {
    const long double bound = std::exp2(static_cast<long double>(i) / kBucketsPerOctave);
    table.starts[i] = static_cast<std::uint64_t>(bound * static_cast<long double>(kOne)) - kOne;
  }
  std::size_t bucket = 0;
  for (std::size_t cell = 0; cell < table.first_of_cell.size(); ++cell) {
    const std::uint64_t cell_start = std::uint64_t{cell} << (kMantissaBits - kCellBits);
    while (table.starts[bucket + 1] <= cell_start) ++bucket;
    table.first_of_cell[cell] = static_cast<std::uint8_t>(bucket);
  }
  return table;
}

const OctaveTable kTable = make_table();

/// REQUIRES: `magnitude` is a normal positive double.
BucketIndex positive_bucket(double magnitude) {
  // The double just below: it turns "upper bound included" into "lower bound included", which is
  // what comparing truncated mantissas decides.
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(magnitude) - 1;
  const std::uint64_t mantissa = bits & ((std::uint64_t{1} << kMantissaBits) - 1);
  std::uint64_t bucket = kTable.first_of_cell[mantissa >> (kMantissaBits - kCellBits)];
  bucket += mantissa >= kTable.starts[bucket + 1] ? 1 : 0;
  const std::uint64_t octave = bits >> kMantissaBits;
  return static_cast<BucketIndex>(octave * kBucketsPerOctave + bucket + 1);
}

}  // namespace

BucketIndex bucket_of(double value) {
  if (value == 0) return 0;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  constexpr double kLargest = std::numeric_limits<double>::max();
  const BucketIndex bucket = positive_bucket(std::clamp(std::fabs(value), kSmallest, kLargest));
  return value < 0 ? -bucket : bucket;
}

double bucket_middle(BucketIndex bucket) {
  if (bucket == 0) return 0;
  const BucketIndex positive = std::abs(bucket) - 1;
  const int octave = positive / kBucketsPerOctave - kExponentBias;
  const auto lower = static_cast<double>(positive % kBucketsPerOctave) / kBucketsPerOctave;
  const double middle = (std::exp2(lower) + std::exp2(lower + 1.0 / kBucketsPerOctave)) / 2;
  return std::copysign(std::ldexp(middle, octave), bucket);
}

}  // namespace loadrun::metrics
