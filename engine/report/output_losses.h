#pragma once

#include <cstddef>
#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// One line per output that lost samples or failed: how many, and why. "" when there is none.
std::string output_loss_lines(const SummaryInput& input, std::size_t indent);

}  // namespace loadrun::report
