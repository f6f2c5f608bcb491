#pragma once

#include <string_view>

namespace loadrun::report {

/// Writes rendered text to standard output, at once.
void print(std::string_view text);

/// The same to standard error.
void print_to_stderr(std::string_view text);

}  // namespace loadrun::report
