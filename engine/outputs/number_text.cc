#include "outputs/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace loadrun::outputs {
namespace {

constexpr double kMaxExactInteger = 9007199254740992;  // 2^53
constexpr double kLeastPlain = 1e-6;
constexpr double kLeastHuge = 1e21;
constexpr int kFixedDigits = 6;

template <typename... Format>
void append_chars(std::string& out, Format... value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value...).ptr;
  out.append(text.data(), end);
}

/// 1e-07 becomes 1e-7.
void append_scientific(std::string& out, double value) {
  append_chars(out, value, std::chars_format::scientific);
  const std::size_t last = out.size() - 1;
  if (out[last - 1] == '0' && out[last - 2] == '-') out.erase(last - 1, 1);
}

/// A whole number beyond what doubles hold exactly: zeros behind the digits that are needed.
void append_large(std::string& out, double value) {
  std::string text;
  append_chars(text, value, std::chars_format::scientific);
  const std::size_t e = text.find('e');
  std::size_t zeros = std::stoul(text.substr(e + 2));
  text.resize(e);
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    zeros -= text.size() - point - 1;
    text.erase(point, 1);
  }
  out += text;
  out.append(zeros, '0');
}

}  // namespace

void append_number(std::string& out, double value) {
  const double size = std::abs(value);
  if (size < kMaxExactInteger && std::trunc(value) == value) {
    if (std::signbit(value) && value == 0) out += '-';
    append_chars(out, static_cast<std::int64_t>(value));
  } else if (size < kLeastPlain || size >= kLeastHuge) {
    append_scientific(out, value);
  } else if (size >= kMaxExactInteger) {
    append_large(out, value);
  } else {
    append_chars(out, value, std::chars_format::fixed);
  }
}

void append_fixed(std::string& out, double value) {
  constexpr std::size_t kLongest = 330;  // the largest double has 309 digits
  std::array<char, kLongest> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, kFixedDigits)
                       .ptr;
  out.append(text.data(), end);
}

}  // namespace loadrun::outputs
