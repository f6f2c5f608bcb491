#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace loadrun {

inline constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

/// `text` without any of `characters` at its two ends.
inline std::string_view trimmed(std::string_view text, std::string_view characters = kWhiteSpace) {
  const std::size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

/// An ASCII letter in lower case; everything else as it is.
constexpr char in_lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `text` with its ASCII letters in lower case.
inline std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = in_lower_case(c);
  return lower;
}

/// Compares ASCII letters without regard to case.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return in_lower_case(x) == in_lower_case(y); });
}

}  // namespace loadrun
