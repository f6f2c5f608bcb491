#include "plan/rational.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "base/check.h"

namespace loadrun::plan {
namespace {

// Of what users write: sums and products of two such fit into 64 bits.
constexpr std::int64_t kLargest = 1'000'000'000;
constexpr std::size_t kMostDecimals = 9;

Wide common_divisor(Wide a, Wide b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a < 0 ? -a : a;
}

std::int64_t narrow(Wide value) {
  using Limits = std::numeric_limits<std::int64_t>;
  LOADRUN_CHECK(value >= Limits::min() && value <= Limits::max());
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> whole_number(std::string_view digits) {
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, value);
  if (failure != std::errc() || stop != end || digits.front() == '-') return std::nullopt;
  return value;
}

std::optional<Rational> decimal(std::string_view text) {
  std::string digits(text);
  Wide denominator = 1;
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    digits.erase(point, 1);
    const std::size_t decimals = digits.size() - point;
    if (decimals > kMostDecimals) return std::nullopt;
    for (std::size_t i = 0; i < decimals; ++i) denominator *= 10;
  }
  const auto numerator = whole_number(digits);
  if (!numerator) return std::nullopt;
  return Rational(*numerator, denominator);
}

std::optional<Rational> percentage(std::string_view text) {
  const auto percent = decimal(text.substr(0, text.size() - 1));
  if (!percent) return std::nullopt;
  return Rational(percent->numerator(), Wide{percent->denominator()} * 100);
}

std::optional<Rational> number(std::string_view text) {
  if (text.ends_with('%')) return percentage(text);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return decimal(text);
  const auto numerator = whole_number(text.substr(0, slash));
  const auto denominator = whole_number(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0) return std::nullopt;
  return Rational(*numerator, *denominator);
}

}  // namespace

Rational::Rational(Wide numerator, Wide denominator) {
  LOADRUN_CHECK(denominator > 0);
  const Wide divisor = common_divisor(numerator, denominator);
  numerator_ = narrow(numerator / divisor);
  denominator_ = narrow(denominator / divisor);
}

Result<Rational> Rational::parse(std::string_view text) {
  const auto parsed = number(text);
  if (parsed && parsed->numerator_ <= kLargest && parsed->denominator_ <= kLargest) return *parsed;
  return Error{ExitCode::kInvalidConfig,
               fmt::format("\"{}\" is not a number (expected e.g. 1/3, 0.25 or 25%)", text)};
}

std::string Rational::text() const {
  return denominator_ == 1 ? std::to_string(numerator_)
                           : fmt::format("{}/{}", numerator_, denominator_);
}

Rational operator+(const Rational& a, const Rational& b) {
  return {Wide{a.numerator_} * b.denominator_ + Wide{b.numerator_} * a.denominator_,
          Wide{a.denominator_} * b.denominator_};
}

Rational operator-(const Rational& a, const Rational& b) {
  return a + Rational(-Wide{b.numerator_}, b.denominator_);
}

Rational operator*(const Rational& a, const Rational& b) {
  return {Wide{a.numerator_} * b.numerator_, Wide{a.denominator_} * b.denominator_};
}

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  const Wide left = Wide{a.numerator_} * b.denominator_;
  const Wide right = Wide{b.numerator_} * a.denominator_;
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace loadrun::plan
