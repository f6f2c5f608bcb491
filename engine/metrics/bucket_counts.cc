#include "metrics/bucket_counts.h"

#include <algorithm>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

constexpr int kChunkBits = 6;
constexpr std::size_t kChunkSize = std::size_t{1} << kChunkBits;

std::ptrdiff_t offset_of(std::size_t chunk) {
  return static_cast<std::ptrdiff_t>(chunk * kChunkSize);
}

}  // namespace

void BucketCounts::add(BucketIndex bucket, std::uint64_t count) {
  // Shifting a negative index rounds down, so chunks ascend over negative values too.
  const auto key = static_cast<ChunkKey>(bucket >> kChunkBits);
  if (last_chunk_ >= keys_.size() || keys_[last_chunk_] != key) last_chunk_ = chunk(key);
  const std::size_t within = static_cast<std::size_t>(bucket) & (kChunkSize - 1);
  counts_[last_chunk_ * kChunkSize + within] += count;
}

void BucketCounts::merge(const BucketCounts& other) {
  for (std::size_t i = 0; i < other.keys_.size(); ++i) {
    const std::size_t into = chunk(other.keys_[i]);
    std::transform(other.counts_.begin() + offset_of(i), other.counts_.begin() + offset_of(i + 1),
                   counts_.begin() + offset_of(into), counts_.begin() + offset_of(into),
                   std::plus<>());
  }
}

void BucketCounts::clear() {
  keys_.clear();
  counts_.clear();
  last_chunk_ = 0;
}

BucketIndex BucketCounts::bucket_at(std::uint64_t rank) const {
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (rank < seen) {
      const BucketIndex first = keys_[i >> kChunkBits] * static_cast<BucketIndex>(kChunkSize);
      return first + static_cast<BucketIndex>(i & (kChunkSize - 1));
    }
  }
  LOADRUN_CHECK(rank < seen);
  return 0;
}

std::size_t BucketCounts::chunk(ChunkKey key) {
  const auto at = std::ranges::lower_bound(keys_, key);
  const auto position = static_cast<std::size_t>(at - keys_.begin());
  if (at == keys_.end() || *at != key) {
    keys_.insert(at, key);
    counts_.insert(counts_.begin() + offset_of(position), kChunkSize, 0);
  }
  return position;
}

}  // namespace loadrun::metrics
