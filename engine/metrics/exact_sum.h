#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace loadrun::metrics {

/// A sum of doubles that does not depend on the order of additions or on how they were split over
/// workers: fixed point with 64 fraction bits, and enough whole bits that it never overflows.
///
/// A value is taken exactly when it is a multiple of 2^-64, which every double of magnitude 2^-11
/// and above is (all whole numbers, and all times of half a microsecond and more in milliseconds);
/// of smaller ones the bits below 2^-64 are dropped, always the same ones. A value of magnitude
/// 2^62 (4.6e18) or more, infinity included, counts as ±2^62. REQUIRES: no NaN.
class ExactSum {
 public:
  /// Adds one value.
  void add(double value) {
    const double magnitude = std::min(value < 0 ? -value : value, kLimit);
    const auto whole = static_cast<std::int64_t>(magnitude);
    // In two halves: a conversion of 64 bits to *unsigned* is a branch that is wrong half the time.
    const double upper = (magnitude - static_cast<double>(whole)) * kTwoTo32;
    const auto upper_bits = static_cast<std::int64_t>(upper);
    const double lower = (upper - static_cast<double>(upper_bits)) * kTwoTo32;
    const std::uint64_t fraction =
        static_cast<std::uint64_t>(upper_bits) << 32 | static_cast<std::uint32_t>(lower);
    const Wide fixed = Wide{static_cast<std::uint64_t>(whole)} << 64 | fraction;
    add_words(value < 0 ? ~fixed + 1 : fixed, value < 0 && fixed != 0 ? -1 : 0);
  }

  /// Adds what `other` holds.
  void merge(const ExactSum& other) { add_words(other.low_, other.high_); }

  /// The sum, rounded to the nearest double.
  double value() const {
    return high_ < 0 ? -to_double(~low_ + 1, ~high_ + (low_ == 0 ? 1 : 0)) : to_double(low_, high_);
  }

  bool operator==(const ExactSum&) const = default;

  /// The sum times 2^64 in two's complement, lowest word first: what is kept of it elsewhere.
  using Words = std::array<std::uint64_t, 3>;
  Words words() const {
    return {static_cast<std::uint64_t>(low_), static_cast<std::uint64_t>(low_ >> 64),
            static_cast<std::uint64_t>(high_)};
  }
  static ExactSum of(const Words& words) {
    ExactSum sum;
    sum.low_ = Wide{words[1]} << 64 | words[0];
    sum.high_ = static_cast<std::int64_t>(words[2]);
    return sum;
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static constexpr double kLimit = 0x1p62;
  static constexpr double kTwoTo32 = 0x1p32;
  static constexpr double kTwoTo64 = 0x1p64;

  void add_words(Wide low, std::int64_t high) {
    low_ += low;
    high_ += high + (low_ < low ? 1 : 0);
  }

  static double to_double(Wide low, std::int64_t high) {
    return static_cast<double>(high) * kTwoTo64 + static_cast<double>(low) / kTwoTo64;
  }

  // Two's complement over both: high_ * 2^64 + low_ * 2^-64.
  Wide low_ = 0;
  std::int64_t high_ = 0;
};

}  // namespace loadrun::metrics
