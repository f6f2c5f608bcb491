#pragma once

#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// The text of the `--summary-export` file: k6's JSON with "root_group", "metrics" and, when
/// setup() returned something, "setup_data"; "loadrun" holds the "verdict" (see verdict_object),
/// and the "metrics" about loadrun itself and "unscheduled" (see render_summary_data), each if any.
/// Indented by four; objects with a fixed shape keep k6's key order, those keyed by a user's names
/// are sorted. Under "thresholds", true means FAILED, as in k6.
std::string render_summary_export(const SummaryInput& input);

}  // namespace loadrun::report
