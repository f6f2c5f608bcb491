#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The lines of the summary's ERRORS section below its title: the iterations that raised by place
/// and message, and the failed requests by status or error code, each with its number and the first
/// one. The 10 most frequent of either unless `all` are wanted. "" when nothing went wrong.
std::string error_lines(const SummaryInput& input, bool all, TextStyle style);

}  // namespace loadrun::report
