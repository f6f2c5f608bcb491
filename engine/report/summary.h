#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The end-of-test summary in k6's compact layout, to be printed as it is: it starts with an empty
/// line, and ends with three, as many as stand between k6's summary and the last progress frame's
/// own empty line. Sections: THRESHOLDS (if any) and TOTAL RESULTS with checks, CUSTOM, HTTP,
/// EXECUTION and NETWORK (those with rows).
std::string render_summary(const SummaryInput& input, TextStyle style);

}  // namespace loadrun::report
