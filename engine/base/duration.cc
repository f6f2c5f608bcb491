#include "base/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace loadrun {
namespace {

// Magnitudes are handled unsigned, so that the most negative duration can be read too.
constexpr std::uint64_t kMaxMagnitude = std::uint64_t{1} << 63U;
constexpr std::uint64_t kDay = 86'400'000'000'000;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array kUnits{
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"\u00B5s", 1'000},  // micro sign
    Unit{"\u03BCs", 1'000},  // Greek letter mu
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint64_t> add(std::uint64_t a, std::uint64_t b) {
  if (a > kMaxMagnitude || b > kMaxMagnitude - a) return std::nullopt;
  return a + b;
}

std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > kMaxMagnitude / b) return std::nullopt;
  return a * b;
}

std::optional<Nanoseconds> with_sign(std::uint64_t magnitude, bool negative) {
  if (negative) return Nanoseconds(static_cast<std::int64_t>(~magnitude + 1));
  if (magnitude >= kMaxMagnitude) return std::nullopt;
  return Nanoseconds(static_cast<std::int64_t>(magnitude));
}

std::optional<std::uint64_t> take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] != '.' && !is_digit(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    text.remove_prefix(length);
    return unit.nanoseconds;
  }
  return std::nullopt;
}

// The digits after the point, as digits / scale. Those past the precision of 64 bits are dropped.
struct Fraction {
  std::uint64_t digits = 0;
  double scale = 1;
};

Fraction take_fraction(std::string_view& text) {
  Fraction fraction;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
    if (fraction.digits > (kMaxMagnitude - 9) / 10) continue;
    fraction.digits = fraction.digits * 10 + static_cast<std::uint64_t>(text.front() - '0');
    fraction.scale *= 10;
  }
  return fraction;
}

// One `number unit` of a duration, in nanoseconds.
std::optional<std::uint64_t> take_component(std::string_view& text) {
  std::uint64_t whole = 0;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    const auto shifted = multiply(whole, 10);
    const auto sum =
        shifted ? add(*shifted, static_cast<std::uint64_t>(text.front() - '0')) : shifted;
    if (!sum) return std::nullopt;
    whole = *sum;
  }
  Fraction fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::size_t before = text.size();
    fraction = take_fraction(text);
    digits += before - text.size();
  }
  if (digits == 0) return std::nullopt;
  const auto unit = take_unit(text);
  if (!unit) return std::nullopt;
  const auto value = multiply(whole, *unit);
  if (!value) return std::nullopt;
  const double rest =
      static_cast<double>(fraction.digits) * (static_cast<double>(*unit) / fraction.scale);
  return add(*value, static_cast<std::uint64_t>(rest));
}

// Go's time.ParseDuration: an optional sign, then components; "0" needs no unit.
std::optional<Nanoseconds> parse_go_duration(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text == "0") return Nanoseconds(0);
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  while (!text.empty()) {
    const auto component = take_component(text);
    const auto sum = component ? add(total, *component) : component;
    if (!sum) return std::nullopt;
    total = *sum;
  }
  return with_sign(total, negative);
}

// "<whole days>d" and an optional non-negative Go duration after it; the sign of the days counts
// for both.
std::optional<Nanoseconds> parse_days(std::string_view days_text, std::string_view rest_text) {
  if (days_text.size() > 1 && days_text[0] == '+' && days_text[1] != '-')
    days_text.remove_prefix(1);
  std::int64_t days = 0;
  const char* end = days_text.data() + days_text.size();
  const auto [stop, failure] = std::from_chars(days_text.data(), end, days);
  if (failure != std::errc() || stop != end) return std::nullopt;
  std::uint64_t rest = 0;
  if (!rest_text.empty()) {
    const auto parsed = parse_go_duration(rest_text);
    if (!parsed || parsed->count() < 0) return std::nullopt;
    rest = static_cast<std::uint64_t>(parsed->count());
  }
  const bool negative = days < 0;
  const auto magnitude = static_cast<std::uint64_t>(days);
  const auto whole = multiply(negative ? ~magnitude + 1 : magnitude, kDay);
  const auto total = whole ? add(*whole, rest) : whole;
  if (!total) return std::nullopt;
  return with_sign(*total, negative);
}

std::optional<Nanoseconds> parse(std::string_view text) {
  const std::size_t day = text.find('d');
  if (day == std::string_view::npos) return parse_go_duration(text);
  return parse_days(text.substr(0, day), text.substr(day + 1));
}

std::optional<double> parse_number(std::string_view text) {
  // from_chars takes no plus sign.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return number;
}

// `value` of the unit with `digits` decimal places, without trailing zeros: (1500, 3) -> "1.5".
std::string decimal(std::uint64_t value, int digits) {
  std::uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  std::string text = fmt::format("{}", value / scale);
  if (value % scale == 0) return text;
  text += fmt::format(".{:0{}}", value % scale, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string format_magnitude(std::uint64_t ns) {
  if (ns == 0) return "0s";
  if (ns < 1'000) return fmt::format("{}ns", ns);
  if (ns < 1'000'000) return decimal(ns, 3) + "\u00B5s";
  if (ns < 1'000'000'000) return decimal(ns, 6) + "ms";
  const std::uint64_t minutes = ns / 60'000'000'000;
  std::string text = decimal(ns % 60'000'000'000, 9) + "s";
  if (minutes > 0) text = fmt::format("{}m{}", minutes % 60, text);
  if (minutes >= 60) text = fmt::format("{}h{}", minutes / 60, text);
  return text;
}

}  // namespace

Result<Nanoseconds> parse_duration(std::string_view text) {
  if (const auto parsed = parse(text)) return *parsed;
  return Error{
      ExitCode::kInvalidConfig,
      fmt::format("\"{}\" is not a duration (expected e.g. \"30s\", \"1m30s\" or \"500ms\")",
                  text)};
}

Result<Nanoseconds> parse_duration_or_ms(std::string_view text) {
  if (const auto number = parse_number(text)) return duration_from_ms(*number);
  if (const auto parsed = parse(text)) return *parsed;
  return Error{
      ExitCode::kInvalidConfig,
      fmt::format(
          "\"{}\" is not a duration (expected e.g. \"30s\", \"1m30s\" or a number of milliseconds)",
          text)};
}

Result<Nanoseconds> duration_from_ms(double ms) {
  const double ns = ms * 1e6;
  // Written so that NaN fails as well.
  if (!(std::abs(ns) < static_cast<double>(kMaxMagnitude))) {
    return Error{ExitCode::kInvalidConfig,
                 fmt::format("{} ms is not a duration (expected at most 292 years)", ms)};
  }
  return Nanoseconds(static_cast<std::int64_t>(ns));
}

std::string format_duration(Nanoseconds d) {
  const auto bits = static_cast<std::uint64_t>(d.count());
  return d.count() < 0 ? "-" + format_magnitude(~bits + 1) : format_magnitude(bits);
}

}  // namespace loadrun
