#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/summary_mode.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The end-of-test summary, to be printed as it is; "" when it is disabled. It starts with an empty
/// line and the verdict on the load generator; what follows ends with as many empty lines as stand
/// between k6's summary and the last progress frame's own empty line, and has k6's layout: it is
/// render_legacy_summary() in the legacy one. Compact and full have the sections THRESHOLDS (if
/// any) and TOTAL RESULTS with checks, CUSTOM, HTTP, EXECUTION and NETWORK (those with rows), and a
/// line per scenario that left iterations in its queue; full goes on with the scenarios and groups.
/// At the end of both are REQUESTS and ERRORS (if any), which full shows without a limit.
std::string render_summary(const SummaryInput& input, SummaryMode mode, TextStyle style);

}  // namespace loadrun::report
