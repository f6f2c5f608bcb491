#pragma once

#include <string>

#include "report/summary_input.h"

namespace loadrun::report {

/// The results of a run in Markdown, for the job summary of GitHub Actions: how it ended, the
/// verdict on the load generator, its
/// thresholds, the main figures, requests by name and errors. Bounded, whatever the run: GitHub
/// takes 1 MB of a step.
std::string render_github_summary(const SummaryInput& input);

}  // namespace loadrun::report
