#pragma once

#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// The text of the `--summary-json` file: the results of a run in loadrun's own form, which
/// docs/summary.schema.json describes. A later version only adds members, or has another "version".
std::string render_summary_json(const SummaryInput& input);

}  // namespace loadrun::report
