#include "commands/github_actions.h"

#include "base/log.h"
#include "commands/command_support.h"
#include "report/github_annotations.h"
#include "report/github_summary.h"
#include "report/print.h"
#include "report/summary_files.h"

namespace loadrun::commands {
namespace {

bool is_github() { return environment_variable("GITHUB_ACTIONS") == "true"; }

}  // namespace

void tell_github(const report::SummaryInput& results) {
  if (!is_github()) return;
  report::print_to_stderr(report::github_annotations(results));
  const auto path = environment_variable("GITHUB_STEP_SUMMARY");
  if (!path || path->empty()) return;
  const auto written = report::append_to_file(*path, report::render_github_summary(results));
  if (!written.ok()) log_error("GITHUB_STEP_SUMMARY: {}", written.error().message);
}

void tell_github(const Error& error, const script::RuntimeConfig& script) {
  if (!is_github()) return;
  const auto place = script::raised_error(error.message, {{script.path, script.source}});
  report::print_to_stderr(report::github_error("loadrun could not start", error.message, place));
}

}  // namespace loadrun::commands
