#pragma once

#include <cstddef>
#include <string_view>

namespace loadrun {

inline constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

/// `text` without any of `characters` at its two ends.
inline std::string_view trimmed(std::string_view text, std::string_view characters = kWhiteSpace) {
  const std::size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

}  // namespace loadrun
