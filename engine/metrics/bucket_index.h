#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace loadrun::metrics {

/// Number of a histogram bucket. Ascending over the whole real line: bucket 0 holds zero, positive
/// values have positive indexes, and bucket -i holds the negatives of bucket i.
using BucketIndex = std::int32_t;

inline constexpr int kBucketsPerOctave = 256;

/// Where the buckets of one octave start, and how to find the one of a mantissa without a
/// logarithm.
struct OctaveTable {
  static constexpr int kMantissaBits = std::numeric_limits<double>::digits - 1;
  static constexpr std::uint64_t kMantissaMask = (std::uint64_t{1} << kMantissaBits) - 1;
  // The narrowest bucket of an octave is wider than 1/512 of it (2^(1/256)-1 = 0.0027), so a cell
  // of that width contains at most one bucket boundary: one guess and one comparison find the
  // bucket.
  static constexpr int kCellBits = 9;
  static constexpr int kCellShift = kMantissaBits - kCellBits;

  std::array<std::uint64_t, kBucketsPerOctave + 1> starts{};  // as mantissas
  std::array<std::uint8_t, 1 << kCellBits> first_of_cell{};   // bucket at the start of each cell
};

extern const OctaveTable kOctaveTable;

/// The bucket of `value` in a base-2 exponential histogram of scale 8 (OpenTelemetry's definition):
/// the upper bound 2^(k/256) of a bucket belongs to it, the lower one does not. Magnitudes below
/// the smallest normal double, and infinity, fall into the outermost buckets. REQUIRES: no NaN.
inline BucketIndex bucket_of(double value) {
  if (value == 0) return 0;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  constexpr double kLargest = std::numeric_limits<double>::max();
  const double magnitude = std::clamp(std::fabs(value), kSmallest, kLargest);
  // The double just below: it turns "upper bound included" into "lower bound included", which is
  // what comparing truncated mantissas decides.
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(magnitude) - 1;
  const std::uint64_t mantissa = bits & OctaveTable::kMantissaMask;
  std::uint64_t bucket = kOctaveTable.first_of_cell[mantissa >> OctaveTable::kCellShift];
  bucket += mantissa >= kOctaveTable.starts[bucket + 1] ? 1 : 0;
  const std::uint64_t octave = bits >> OctaveTable::kMantissaBits;
  const auto index = static_cast<BucketIndex>(octave * kBucketsPerOctave + bucket + 1);
  return value < 0 ? -index : index;
}

/// The largest bucket number; that of the largest negative values is its negative.
inline constexpr BucketIndex kLastBucket =
    2 * std::numeric_limits<double>::max_exponent * kBucketsPerOctave - kBucketsPerOctave;

/// Arithmetic middle of a bucket, at most 0.136 % from any value in it; 0 for bucket 0.
double bucket_middle(BucketIndex bucket);

}  // namespace loadrun::metrics
