#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadrun::report {

/// Terminal columns that UTF-8 `text` takes: 2 for East Asian wide characters and emoji, 0 for
/// combining marks, 1 for everything else, broken bytes included. Independent of the locale.
std::size_t display_width(std::string_view text);

/// `text` with spaces added up to `columns`; unchanged when it is wider.
std::string pad_right(std::string text, std::size_t columns);

/// The longest start of `text` that fits into `columns`.
std::string_view fit(std::string_view text, std::size_t columns);

}  // namespace loadrun::report
