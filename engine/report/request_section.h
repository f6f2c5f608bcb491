#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The lines of the summary's REQUESTS section below its title: per name (and method, where a name
/// has several) how many requests there were, how many failed, and percentiles of their duration.
/// The 20 that took most time unless `all` are wanted. "" when there are none.
std::string request_lines(const SummaryInput& input, bool all, TextStyle style);

}  // namespace loadrun::report
