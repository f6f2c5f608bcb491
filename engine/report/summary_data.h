#pragma once

#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// What a script's handleSummary is told about the process.
struct SummaryState {
  bool stdout_is_tty = false;
  bool stderr_is_tty = false;
  bool no_color = false;
};

/// The argument of a script's handleSummary as JSON text on one line, in k6's shape: "root_group"
/// with arrays of groups and checks in the order of their first appearance, "options", "state",
/// "metrics" and, when setup() returned something, "setup_data"; "loadrun" holds the
/// "verdict" (see verdict_object), the "metrics" about loadrun itself and "unscheduled", by
/// scenario the "count" of the iterations that waited in its queue until the end and
/// "longest_wait_ms", each if any. A threshold has "ok": true when it held. Durations are in
/// milliseconds.
std::string render_summary_data(const SummaryInput& input, const SummaryState& state);

}  // namespace loadrun::report
