#include "metrics/bucket_index.h"

#include <cstdlib>

namespace loadrun::metrics {

namespace {

constexpr int kExponentBias = 1023;

OctaveTable make_table() {
  constexpr std::uint64_t kOne = std::uint64_t{1} << OctaveTable::kMantissaBits;
  OctaveTable table;
  for (std::size_t i = 0; i < table.starts.size(); ++i) {
    const long double bound = std::exp2(static_cast<long double>(i) / kBucketsPerOctave);
    table.starts[i] = static_cast<std::uint64_t>(bound * static_cast<long double>(kOne)) - kOne;
  }
  std::size_t bucket = 0;
  for (std::size_t cell = 0; cell < table.first_of_cell.size(); ++cell) {
    const std::uint64_t cell_start = std::uint64_t{cell} << OctaveTable::kCellShift;
    while (table.starts[bucket + 1] <= cell_start) ++bucket;
    table.first_of_cell[cell] = static_cast<std::uint8_t>(bucket);
  }
  return table;
}

}  // namespace

const OctaveTable kOctaveTable = make_table();

double bucket_middle(BucketIndex bucket) {
  if (bucket == 0) return 0;
  const BucketIndex positive = std::abs(bucket) - 1;
  const int octave = positive / kBucketsPerOctave - kExponentBias;
  const auto lower = static_cast<double>(positive % kBucketsPerOctave) / kBucketsPerOctave;
  const double middle = (std::exp2(lower) + std::exp2(lower + 1.0 / kBucketsPerOctave)) / 2;
  return std::copysign(std::ldexp(middle, octave), bucket);
}

}  // namespace loadrun::metrics
