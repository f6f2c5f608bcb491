#pragma once

#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// A line per scenario whose queue was not empty at its end, each indented by `indent` columns and
/// with a line end; "" when there is none.
std::string unscheduled_lines(const SummaryInput& input, std::size_t indent);

}  // namespace loadrun::report
