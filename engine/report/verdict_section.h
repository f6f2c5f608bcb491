#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The section that a summary begins with: the verdict on the load generator, and why. Of a valid
/// run it is one line, with how busy and how late workers were, if that was measured. `all`: every
/// reason, not only the first ones. Ends with an empty line.
std::string verdict_section(const SummaryInput& input, bool all, TextStyle style);

}  // namespace loadrun::report
