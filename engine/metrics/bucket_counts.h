#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics/bucket_index.h"

namespace loadrun::metrics {

/// How many values fell into each bucket. Sparse: memory is taken in chunks of a quarter octave
/// (64 buckets, half a kilobyte) and only where values are.
class BucketCounts {
 public:
  /// Adds `count` values to `bucket`.
  void add(BucketIndex bucket, std::uint64_t count);
  void merge(const BucketCounts& other);
  /// Back to empty, keeping the memory.
  void clear();

  /// The bucket of the value at `rank` (from 0) in ascending order. REQUIRES: rank < total count.
  BucketIndex bucket_at(std::uint64_t rank) const;

 private:
  using ChunkKey = std::int16_t;

  /// Position of the chunk in `keys_`, which is made when absent.
  std::size_t chunk(ChunkKey key);

  std::vector<ChunkKey> keys_;         // ascending
  std::vector<std::uint64_t> counts_;  // 64 for each key, in the order of keys_
  std::size_t last_chunk_ = 0;         // where the last value fell: most often the next one too
};

}  // namespace loadrun::metrics
