#pragma once

#include <string>

#include "base/exit_code.h"
#include "report/summary_data.h"
#include "report/summary_input.h"
#include "report/summary_mode.h"
#include "report/text_style.h"
#include "run/coordinator.h"

namespace loadrun::commands {

/// Where the results of a run go besides the script.
struct ResultOptions {
  report::SummaryMode mode = report::SummaryMode::kCompact;
  report::TextStyle style;     ///< Of standard output.
  report::SummaryState state;  ///< What handleSummary is told.
  std::string export_path;     ///< Of --summary-export, or "".
  std::string json_path;       ///< Of --summary-json, or "".
  bool has_handle_summary = false;
  bool bad_handle_summary = false;  ///< The script exports one that is no function.
};

/// Hands the results to the script's handleSummary, if there is one, and shows and stores what it
/// returns; otherwise shows the summary. Writes the exported summary and the JSON in any case, and
/// what GitHub Actions shows. What could not be written is logged; returns kGeneric when that is
/// the exported summary or the JSON (as in k6, handleSummary does not change the exit code).
/// REQUIRES: `coordinator`'s run() has returned, its workers live.
ExitCode publish_results(const report::SummaryInput& results, const ResultOptions& options,
                         run::Coordinator& coordinator);

}  // namespace loadrun::commands
