#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The title of a top-level section of the summary.
std::string section_title(const std::string& title, TextStyle style);

/// What `--summary-mode=full` adds: a section for every group outside of named scenarios, then one
/// for every scenario, sorted by name, each with its groups. The scenario "default", the one a test
/// without the option has, gets none. A scenario's results are those of all its samples; a group's
/// leave out those of the groups inside it.
std::string part_sections(const SummaryInput& input, TextStyle style);

}  // namespace loadrun::report
