#pragma once

#include <string>
#include <string_view>

#include "metrics/errors.h"
#include "report/summary_input.h"

namespace loadrun::report {

/// A line that makes an annotation of a run of GitHub Actions, with its end; see "Workflow
/// commands" in GitHub's documentation for its syntax and escapes. `place` is where in the
/// repository, if it has a file.
std::string github_error(std::string_view title, std::string_view message,
                         const metrics::RaisedError& place = {});

/// What made the run fail, as annotations: how it ended, thresholds that failed, errors that
/// iterations raised. At most 10, of which GitHub shows no more; "" when nothing did. The reasons
/// of the verdict and what outputs lost come as warnings.
std::string github_annotations(const SummaryInput& input);

}  // namespace loadrun::report
