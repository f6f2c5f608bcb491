#include "commands/github_actions.h"

#include <cstdlib>
#include <string_view>

#include "base/log.h"
#include "report/github_annotations.h"
#include "report/github_summary.h"
#include "report/print.h"
#include "report/summary_files.h"

namespace loadrun::commands {
namespace {

/// "" when it is not set.
std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_github() { return variable("GITHUB_ACTIONS") == "true"; }

}  // namespace

void tell_github(const report::SummaryInput& results) {
  if (!is_github()) return;
  report::print_to_stderr(report::github_annotations(results));
  const std::string path = variable("GITHUB_STEP_SUMMARY");
  if (path.empty()) return;
  const auto written = report::append_to_file(path, report::render_github_summary(results));
  if (!written.ok()) log_error("GITHUB_STEP_SUMMARY: {}", written.error().message);
}

void tell_github(const Error& error, const script::RuntimeConfig& script) {
  if (!is_github()) return;
  const auto place = script::raised_error(error.message, {{script.path, script.source}});
  report::print_to_stderr(report::github_error("loadrun could not start", error.message, place));
}

}  // namespace loadrun::commands
