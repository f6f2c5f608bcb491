#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace loadrun::report {

/// What a script's handleSummary returned: destinations ("stdout", "stderr" or the path of a file)
/// and their contents, which may be any bytes.
using SummaryFiles = std::vector<std::pair<std::string, std::string>>;

/// Writes all of `files` in turn, replacing files that exist. Goes on after a failure; fails at the
/// end (kGeneric) with one line per destination that could not be written.
Result<void> write_summary_files(const SummaryFiles& files);

/// Adds `text` to the end of the file at `path`, which is made when it is not there. Fails
/// (kGeneric) with the reason.
Result<void> append_to_file(const std::string& path, const std::string& text);

}  // namespace loadrun::report
