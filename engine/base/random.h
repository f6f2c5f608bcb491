#pragma once

#include <cstdint>

namespace loadrun {

/// A well-mixed 64-bit hash of `x` (the finaliser of SplitMix64, Steele, Lea & Flood 2014).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Counter-based generator: number n of a stream is a function of (key, n) alone, so the same
/// iteration draws the same numbers however work is split over threads and machines. Passing
/// another key restarts it.
class CounterRandom {
 public:
  explicit CounterRandom(std::uint64_t key) : key_(key) {}

  /// The stream of one iteration of one scenario under `seed`.
  static CounterRandom for_iteration(std::uint64_t seed, std::uint64_t scenario,
                                     std::uint64_t iteration) {
    return CounterRandom(mix64(mix64(mix64(seed) ^ scenario) ^ iteration));
  }

  std::uint64_t next() { return mix64(key_ ^ mix64(counter_++)); }
  /// Uniform in [0, 1), 53 bits.
  double next_double() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// A seed nobody chose, from the operating system.
std::uint64_t random_seed();

}  // namespace loadrun
