#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The summary in the layout of k6 before 1.0, as its 0.49 to 1.x wrote it: an empty line, the tree
/// of groups with their checks, then all metrics by name, marked when they have thresholds, and an
/// empty line.
std::string render_legacy_summary(const SummaryInput& input, TextStyle style);

}  // namespace loadrun::report
