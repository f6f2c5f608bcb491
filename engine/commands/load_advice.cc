#include "commands/load_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "commands/calibration_text.h"
#include "plan/peak_rate.h"

namespace loadrun::commands {
namespace {

std::optional<std::string> other_machine(const CalibrationFile& file,
                                         const outputs::Machine& machine) {
  const outputs::Machine& calibrated = file.calibration.machine;
  if (calibrated.cpus == machine.cpus && calibrated.cpu_model == machine.cpu_model) {
    return std::nullopt;
  }
  return fmt::format(
      "{} was measured on another machine ({}) than this one ({}): loadrun calibrate measures it",
      file.path, machine_text(calibrated), machine_text(machine));
}

/// Of so many workers.
double trusted_rate(const Calibration& calibration, std::int64_t workers) {
  const double share = static_cast<double>(workers) /
                       static_cast<double>(std::max<std::int64_t>(calibration.workers, 1));
  return static_cast<double>(calibration.trusted_rate) * std::min(share, 1.0);
}

std::optional<std::string> too_much(const plan::Plan& plan, const CalibrationFile& file,
                                    std::int64_t workers) {
  const double peak = plan::peak_arrival_rate(plan);
  const double demand = plan.rps > 0 ? std::min(peak, static_cast<double>(plan.rps)) : peak;
  const double trusted = trusted_rate(file.calibration, workers);
  if (demand <= trusted) return std::nullopt;
  const auto whole = [](double rate) { return with_commas(std::llround(rate)); };
  return fmt::format(
      "the plan starts up to {} iterations/s, with at least one request each; with {} worker{} "
      "this "
      "machine was calibrated for {} requests/s ({}): expect late starts, and latencies that "
      "include the generator's own delay; use more machines (--execution-segment) or a lower rate",
      whole(peak), workers, workers == 1 ? "" : "s", whole(trusted), file.path);
}

}  // namespace

std::vector<std::string> load_warnings(const plan::Plan& plan, const CalibrationFile& file,
                                       const outputs::Machine& machine, std::int64_t workers) {
  std::vector<std::string> warnings;
  if (auto warning = other_machine(file, machine)) warnings.push_back(std::move(*warning));
  if (auto warning = too_much(plan, file, workers)) warnings.push_back(std::move(*warning));
  return warnings;
}

}  // namespace loadrun::commands
