#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/summary_mode.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The end-of-test summary, to be printed as it is; "" when it is disabled. It starts with an empty
/// line and ends with as many as stand between k6's summary and the last progress frame's own empty
/// line. Compact and full have the sections THRESHOLDS (if any) and TOTAL RESULTS with checks,
/// CUSTOM, HTTP, EXECUTION and NETWORK (those with rows), and a line per scenario that left
/// iterations in its queue; full goes on with the scenarios and groups. At the end of both are
/// REQUESTS and ERRORS (if any), which full shows without a limit.
std::string render_summary(const SummaryInput& input, SummaryMode mode, TextStyle style);

}  // namespace loadrun::report
