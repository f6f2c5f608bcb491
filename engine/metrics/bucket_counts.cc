#include "metrics/bucket_counts.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/check.h"

namespace loadrun::metrics {

void BucketCounts::merge(const BucketCounts& other) {
  for (const Place& place : other.places_) {
    if (place.key == Place::kNoKey) continue;
    const std::size_t into = find_or_add(place.key) * kChunkSize;
    const std::size_t from = place.chunk * kChunkSize;
    for (std::size_t i = 0; i < kChunkSize; ++i) counts_[into + i] += other.counts_[from + i];
  }
}

void BucketCounts::clear() {
  std::ranges::fill(places_, Place{});
  counts_.clear();
}

BucketIndex BucketCounts::bucket_at(std::uint64_t rank) const {
  std::uint64_t seen = 0;
  for (const Place& place : ascending()) {
    for (std::size_t i = 0; i < kChunkSize; ++i) {
      seen += counts_[place.chunk * kChunkSize + i];
      if (rank < seen) return bucket_in(place, i);
    }
  }
  LOADRUN_CHECK(rank < seen);
  return 0;
}

std::vector<BucketCounts::Entry> BucketCounts::entries() const {
  std::vector<Entry> entries;
  for (const Place& place : ascending()) {
    for (std::size_t i = 0; i < kChunkSize; ++i) {
      const std::uint64_t count = counts_[place.chunk * kChunkSize + i];
      if (count > 0) entries.push_back({bucket_in(place, i), count});
    }
  }
  return entries;
}

BucketIndex BucketCounts::bucket_in(const Place& place, std::size_t offset) {
  return place.key * static_cast<BucketIndex>(kChunkSize) + static_cast<BucketIndex>(offset);
}

std::vector<BucketCounts::Place> BucketCounts::ascending() const {
  std::vector<Place> places = places_;
  std::erase_if(places, [](const Place& place) { return place.key == Place::kNoKey; });
  std::ranges::sort(places, std::less<>{}, &Place::key);
  return places;
}

std::size_t BucketCounts::add_chunk(ChunkKey key) {
  while (places_.empty() || place_of(key).key != Place::kNoKey) grow_places();
  const std::size_t chunk = counts_.size() / kChunkSize;
  place_of(key) = {key, static_cast<std::uint16_t>(chunk)};
  counts_.resize(counts_.size() + kChunkSize);
  return chunk;
}

void BucketCounts::grow_places() {
  constexpr std::size_t kFirstSize = 16;
  // Keys that differ in their low bits do so in more low bits too: doubling never collides.
  const std::size_t size = places_.empty() ? kFirstSize : 2 * places_.size();
  const std::vector<Place> old = std::exchange(places_, std::vector<Place>(size));
  for (const Place& place : old) {
    if (place.key != Place::kNoKey) place_of(place.key) = place;
  }
}

}  // namespace loadrun::metrics
