#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadrun::report {

/// `text` with its control characters as spaces: it stays on its line and drives no terminal.
std::string on_one_line(std::string_view text);

/// `text`, or its start and "…" when it takes more than `columns` (at least 1).
std::string shortened(std::string_view text, std::size_t columns);

/// `text`, or its two ends around "…" when it takes more than `columns` (at least 1).
std::string shortened_in_the_middle(std::string_view text, std::size_t columns);

}  // namespace loadrun::report
