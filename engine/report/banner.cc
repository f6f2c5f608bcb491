#include "report/banner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/schedule.h"

namespace loadrun::report {
namespace {

double percent(const plan::Rational& part) {
  return 100 * static_cast<double>(part.numerator()) / static_cast<double>(part.denominator());
}

}  // namespace

std::string render_banner(const Banner& banner) {
  const std::string outputs =
      banner.outputs.empty() ? "-" : fmt::format("{}", fmt::join(banner.outputs, ", "));
  std::string text = "  execution: local\n";
  text += fmt::format("     script: {}\n", banner.script);
  text += fmt::format("    workers: {}, seed: {}\n", banner.workers, banner.seed);
  text += fmt::format("     output: {}\n\n", outputs);

  const plan::Requirements needs = plan::requirements(banner.plan);
  std::vector<std::string> lines;
  for (const plan::Scenario& scenario : banner.plan.scenarios) {
    if (plan::max_vus(scenario) == 0) continue;
    lines.push_back(fmt::format("           * {}: {}\n", scenario.name, plan::describe(scenario)));
  }
  text += fmt::format(
      "  scenarios: ({:.2f}%) {} scenario{}, {} max VUs, {} max duration (incl. graceful stop):\n",
      percent(banner.plan.tuple.segment().length()), lines.size(), lines.size() == 1 ? "" : "s",
      needs.max_vus, plan::length_text(needs.total_duration));
  return text + fmt::format("{}\n", fmt::join(lines, ""));
}

}  // namespace loadrun::report
