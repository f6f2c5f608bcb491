#include "commands/inspect_command.h"

#include <nlohmann/json.hpp>

#include "commands/command_support.h"
#include "commands/loaded_test.h"
#include "plan/options_json.h"
#include "plan/schedule.h"
#include "report/print.h"

namespace loadrun::commands {
namespace {

constexpr int kIndent = 2;

void print_options(const plan::Plan& plan, bool requirements) {
  auto options = nlohmann::ordered_json::parse(plan::options_json(plan));
  if (requirements) {
    const plan::Requirements needs = plan::requirements(plan);
    options["maxVUs"] = needs.max_vus;
    options["totalDuration"] = plan::length_text(needs.total_duration);
  }
  report::print(options.dump(kIndent) + "\n");
}

}  // namespace

ExitCode inspect_command(const RunArguments& arguments, bool requirements) {
  if (const auto configured = configure_log_of(arguments); !configured.ok()) {
    return report_error(configured.error());
  }
  LoadedTest test(arguments);
  if (const Result<void> loaded = test.load(); !loaded.ok()) return report_error(loaded.error());
  print_options(test.plan(), requirements);
  return ExitCode::kOk;
}

}  // namespace loadrun::commands
