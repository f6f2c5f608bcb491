#include "report/banner.h"

#include <fmt/format.h>

#include "plan/schedule.h"

namespace loadrun::report {

std::string render_banner(const Banner& banner) {
  const std::string outputs =
      banner.outputs.empty() ? "-" : fmt::format("{}", fmt::join(banner.outputs, ", "));
  std::string text = "  execution: local\n";
  text += fmt::format("     script: {}\n     output: {}\n", banner.script, outputs);
  text += fmt::format("    workers: {}, seed: {}\n\n", banner.workers, banner.seed);

  const plan::Requirements needs = plan::requirements(banner.plan);
  const std::size_t count = banner.plan.scenarios.size();
  text += fmt::format(
      "  scenarios: (100.00%) {} scenario{}, {} max VUs, {} max duration (incl. graceful stop):\n",
      count, count == 1 ? "" : "s", needs.max_vus, plan::length_text(needs.total_duration));
  for (const plan::Scenario& scenario : banner.plan.scenarios) {
    text += fmt::format("           * {}: {}\n", scenario.name, plan::describe(scenario));
  }
  return text + "\n";
}

}  // namespace loadrun::report
