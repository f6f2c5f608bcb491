#pragma once

#include <string>

#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The lines of the summary's THRESHOLDS section below its title: a block per metric, sorted by
/// name, each with the metric's thresholds and, indented, those of its sub-metrics. Empty when
/// there are no thresholds.
std::string threshold_blocks(const SummaryInput& input, TextStyle style);

/// The value that the threshold compared, as the summary shows it: "1.36ms", "25.00%", "9.8/s".
std::string observed_text(const metrics::ThresholdOutcome& outcome, const SummaryInput& input);

}  // namespace loadrun::report
