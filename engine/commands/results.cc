#include "commands/results.h"

#include <cstdio>

#include "base/log.h"
#include "report/print.h"
#include "report/summary.h"
#include "report/summary_export.h"
#include "report/summary_files.h"

namespace loadrun::commands {
namespace {

void show(const report::SummaryInput& results, const ResultOptions& options) {
  report::print(report::render_summary(results, options.mode, options.style));
}

/// What could not be written is logged.
bool write(const report::SummaryFiles& files, std::string_view what) {
  const Result<void> written = report::write_summary_files(files);
  if (!written.ok()) log_error("{}: {}", what, written.error().message);
  return written.ok();
}

bool call_handle_summary(const report::SummaryInput& results, const ResultOptions& options,
                         run::Coordinator& coordinator) {
  const run::SummaryCall call =
      coordinator.handle_summary(report::render_summary_data(results, options.state));
  if (call.outcome == run::SummaryCall::Outcome::kFailed) show(results, options);
  return write(call.texts, "handleSummary");
}

}  // namespace

ExitCode publish_results(const report::SummaryInput& results, const ResultOptions& options,
                         run::Coordinator& coordinator) {
  bool complete = true;
  if (options.has_handle_summary && options.mode != report::SummaryMode::kDisabled) {
    complete = call_handle_summary(results, options, coordinator);
  } else {
    show(results, options);
  }
  if (!options.export_path.empty()) {
    complete = write({{options.export_path, report::render_summary_export(results)}},
                     "--summary-export") &&
               complete;
  }
  return complete ? ExitCode::kOk : ExitCode::kGeneric;
}

}  // namespace loadrun::commands
