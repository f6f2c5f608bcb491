#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/wide.h"

namespace loadrun::plan {

/// An exact fraction in lowest terms; the denominator is positive.
class Rational {
 public:
  constexpr Rational() = default;
  /// REQUIRES: denominator > 0, and both fit into 64 bits in lowest terms.
  Rational(Wide numerator, Wide denominator);

  /// Reads a fraction ("1/3"), a decimal ("0.25") or a percentage ("25%"), none of them signed.
  /// Fails (kInvalidConfig) on anything else and on a numerator or denominator of more than 10^9.
  static Result<Rational> parse(std::string_view text);

  std::int64_t numerator() const { return numerator_; }
  std::int64_t denominator() const { return denominator_; }
  /// "1/3", or "2" when whole.
  std::string text() const;

  friend Rational operator+(const Rational& a, const Rational& b);
  friend Rational operator-(const Rational& a, const Rational& b);
  friend Rational operator*(const Rational& a, const Rational& b);
  friend bool operator==(const Rational&, const Rational&) = default;
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

 private:
  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1;
};

}  // namespace loadrun::plan
