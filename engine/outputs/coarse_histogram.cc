#include "outputs/coarse_histogram.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace loadrun::outputs {
namespace {

using metrics::BucketIndex;
using Buckets = std::vector<metrics::BucketCounts::Entry>;  // ascending

constexpr int kFullScale = 8;
constexpr double kMillisecondsPerSecond = 1000;

/// Numbers in 4-bit digits.
class DigitWriter {
 public:
  void number(std::uint64_t value) {
    for (; value >= 8; value >>= 3U) digit(8 | (value & 7));
    digit(value);
  }

  std::string take() { return std::move(bytes_); }

 private:
  void digit(std::uint64_t digit) {
    if (half_) {
      bytes_.back() = static_cast<char>(static_cast<unsigned char>(bytes_.back()) | digit);
    } else {
      bytes_ += static_cast<char>(digit << 4U);
    }
    half_ = !half_;
  }

  std::string bytes_;
  bool half_ = false;  // the last byte has room for a digit
};

void add(Buckets& buckets, BucketIndex bucket, std::uint64_t count) {
  if (!buckets.empty() && buckets.back().bucket == bucket) {
    buckets.back().count += count;
  } else {
    buckets.push_back({bucket, count});
  }
}

Buckets full_buckets(const metrics::Histogram& histogram) {
  std::vector<double> values = histogram.values();
  if (values.empty()) return histogram.buckets();
  std::ranges::sort(values);
  const double unit = histogram.contains_time() ? kMillisecondsPerSecond : 1;
  Buckets buckets;
  for (const double value : values) add(buckets, metrics::bucket_of(value / unit), 1);
  return buckets;
}

/// The bucket of half the resolution: upper bounds belong to buckets, so the index is rounded away
/// from zero.
BucketIndex halved(BucketIndex bucket) {
  return bucket > 0 ? (bucket + 1) / 2 : -((1 - bucket) / 2);
}

Buckets halved(const Buckets& buckets) {
  Buckets coarser;
  for (const auto& [bucket, count] : buckets) add(coarser, halved(bucket), count);
  return coarser;
}

std::uint64_t zigzag(std::int64_t value) {
  return static_cast<std::uint64_t>(value) << 1U ^ static_cast<std::uint64_t>(value >> 63);
}

std::string encoded(const Buckets& buckets) {
  DigitWriter out;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (i == 0) out.number(zigzag(buckets[0].bucket));
    const std::int64_t gap = i == 0 ? 0 : buckets[i].bucket - buckets[i - 1].bucket - 1;
    if (gap > 0) {
      out.number(0);
      out.number(static_cast<std::uint64_t>(gap));
    }
    out.number(buckets[i].count);
  }
  return out.take();
}

}  // namespace

std::string coarse_histogram(const metrics::Histogram& histogram) {
  Buckets buckets = full_buckets(histogram);
  int scale = kFullScale;
  std::string bytes = encoded(buckets);
  // Ends: below scale -11 nothing but negatives, zero and positives are told apart.
  while (bytes.size() >= kCoarseBytes && buckets.size() > 3) {
    buckets = halved(buckets);
    --scale;
    bytes = encoded(buckets);
  }
  return static_cast<char>(scale) + bytes;
}

}  // namespace loadrun::outputs
