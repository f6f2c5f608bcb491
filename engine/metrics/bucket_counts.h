#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "metrics/bucket_index.h"

namespace loadrun::metrics {

/// How many values fell into each bucket. Sparse: memory is taken in chunks of a quarter octave
/// (64 buckets, half a kilobyte) and only where values are. A chunk is found by one look into a
/// table that is kept so large that no two chunks want the same place.
class BucketCounts {
 public:
  /// Adds `count` values to `bucket`.
  void add(BucketIndex bucket, std::uint64_t count) {
    // Shifting a negative index rounds down, so chunks ascend over negative values too.
    const std::size_t chunk = find_or_add(static_cast<ChunkKey>(bucket >> kChunkBits));
    counts_[chunk * kChunkSize + (static_cast<std::size_t>(bucket) & (kChunkSize - 1))] += count;
  }
  void merge(const BucketCounts& other);
  /// Back to empty, keeping the memory.
  void clear();

  /// The bucket of the value at `rank` (from 0) in ascending order. REQUIRES: rank < total count.
  BucketIndex bucket_at(std::uint64_t rank) const;

  struct Entry {
    BucketIndex bucket;
    std::uint64_t count;
  };
  /// All that are not empty, ascending.
  std::vector<Entry> entries() const;

 private:
  using ChunkKey = std::int16_t;

  static constexpr int kChunkBits = 6;
  static constexpr std::size_t kChunkSize = std::size_t{1} << kChunkBits;

  struct Place {
    static constexpr ChunkKey kNoKey = std::numeric_limits<ChunkKey>::min();
    ChunkKey key = kNoKey;
    std::uint16_t chunk = 0;
  };

  Place& place_of(ChunkKey key) {
    return places_[static_cast<std::size_t>(key) & (places_.size() - 1)];
  }
  /// Position of the chunk in `counts_`, which is made when absent.
  std::size_t find_or_add(ChunkKey key) {
    if (!places_.empty() && place_of(key).key == key) return place_of(key).chunk;
    return add_chunk(key);
  }
  std::size_t add_chunk(ChunkKey key);
  static BucketIndex bucket_in(const Place& place, std::size_t offset);
  /// The chunks by ascending key.
  std::vector<Place> ascending() const;
  void grow_places();

  std::vector<Place> places_;          // a power of two of them; by the key's low bits
  std::vector<std::uint64_t> counts_;  // kChunkSize for each chunk, in the order of creation
};

}  // namespace loadrun::metrics
