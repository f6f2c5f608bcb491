#include "report/unscheduled_lines.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "report/humanize.h"

namespace loadrun::report {

std::string unscheduled_lines(const SummaryInput& input, std::size_t indent) {
  std::string text;
  for (const Unscheduled& one : input.unscheduled) {
    const std::string wait = humanize(to_milliseconds(one.longest_wait), metrics::ValueKind::kTime,
                                      input.plan.summary_time_unit);
    text += fmt::format("{:{}}{}: {} iterations never started (queue); the longest had waited {}\n",
                        "", indent, one.scenario, one.count, wait);
  }
  return text;
}

}  // namespace loadrun::report
