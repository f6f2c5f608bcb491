#include "commands/results.h"

#include <cstdio>

#include "base/log.h"
#include "commands/github_actions.h"
#include "report/print.h"
#include "report/summary.h"
#include "report/summary_export.h"
#include "report/summary_files.h"
#include "report/summary_json.h"

namespace loadrun::commands {
namespace {

constexpr const char* kNoFunction =
    "failed to handle the end-of-test summary: exported identifier handleSummary must be a "
    "function";

void show(const report::SummaryInput& results, const ResultOptions& options) {
  report::print(report::render_summary(results, options.mode, options.style));
}

/// What could not be written is logged.
bool write(const report::SummaryFiles& files, std::string_view what) {
  const Result<void> written = report::write_summary_files(files);
  if (!written.ok()) log_error("{}: {}", what, written.error().message);
  return written.ok();
}

/// True also when `path` is empty: then there is nothing to write.
bool write_if_wanted(const std::string& path, std::string_view option,
                     std::string (*render)(const report::SummaryInput&),
                     const report::SummaryInput& results) {
  return path.empty() || write({{path, render(results)}}, option);
}

void call_handle_summary(const report::SummaryInput& results, const ResultOptions& options,
                         run::Coordinator& coordinator) {
  const run::SummaryCall call =
      coordinator.handle_summary(report::render_summary_data(results, options.state));
  if (call.outcome == run::SummaryCall::Outcome::kDefault) show(results, options);
  write(call.texts, "handleSummary");
}

}  // namespace

ExitCode publish_results(const report::SummaryInput& results, const ResultOptions& options,
                         run::Coordinator& coordinator) {
  const bool wanted = options.mode != report::SummaryMode::kDisabled;
  if (wanted && options.bad_handle_summary) {
    log_error("{}", kNoFunction);
  } else if (wanted && options.has_handle_summary) {
    call_handle_summary(results, options, coordinator);
  } else {
    show(results, options);
  }
  tell_github(results);
  const bool exported = write_if_wanted(options.export_path, "--summary-export",
                                        report::render_summary_export, results);
  const bool stored =
      write_if_wanted(options.json_path, "--summary-json", report::render_summary_json, results);
  return exported && stored ? ExitCode::kOk : ExitCode::kGeneric;
}

}  // namespace loadrun::commands
