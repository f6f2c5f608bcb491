#include "commands/calibration_text.h"

#include <fmt/format.h>

#include <string_view>

#include "report/humanize.h"

namespace loadrun::commands {
namespace {

std::string milliseconds(double value) {
  return report::humanize(value, metrics::ValueKind::kTime, "ms");
}

std::string line(std::string_view what, const std::string& text) {
  return fmt::format("{:>15}: {}\n", what, text);
}

constexpr const char* kFootnote =
    "\nThe server that answered is part of this process: it does nothing but answer, and shares "
    "the "
    "machine.\nWhat real tests cost besides their requests (checks, large bodies, TLS) is not in "
    "these figures.\n";

}  // namespace

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
  return text;
}

std::string machine_text(const outputs::Machine& machine) {
  return fmt::format("{} CPU{}{}{}", machine.cpus, machine.cpus == 1 ? "" : "s",
                     machine.cpu_model.empty() ? "" : ", ", machine.cpu_model);
}

std::string about_machine(const Calibration& calibration) {
  return line("machine", fmt::format("{}, {}", machine_text(calibration.machine),
                                     calibration.machine.kernel)) +
         line("generator", fmt::format("{}, {} worker{}", calibration.generator,
                                       calibration.workers, calibration.workers == 1 ? "" : "s"));
}

std::string about_timers(const Calibration::Timers& timers) {
  return line("timers", fmt::format("late by p(99)={} max={} ({} sleeps of 1 ms)",
                                    milliseconds(timers.late_p99), milliseconds(timers.late_max),
                                    with_commas(timers.wakeups)));
}

std::string about_latency(const Calibration::Latency& latency) {
  return line("latency floor",
              fmt::format("p(50)={} p(99)={} max={} ({} requests at {}/s)",
                          milliseconds(latency.p50), milliseconds(latency.p99),
                          milliseconds(latency.max), with_commas(latency.requests), latency.rate));
}

std::string about_capacity(const Calibration::Capacity& capacity) {
  return line(
      "capacity",
      fmt::format("{} requests/s per core ({} VUs in a loop: {} requests in {:.2f} s of the "
                  "workers' CPU time)",
                  with_commas(capacity.per_core), capacity.vus, with_commas(capacity.requests),
                  capacity.cpu_seconds));
}

std::string about_trial(const Calibration::Trial& trial) {
  return line("tried",
              fmt::format("{} requests/s: starts late by p(99)={}, {} dropped: {}",
                          with_commas(trial.rate), milliseconds(trial.start_lag_p99),
                          with_commas(trial.dropped), trial.healthy ? "fine" : "too much"));
}

std::string about_trust(const Calibration& calibration) {
  if (calibration.trusted_rate == 0) {
    return line("trusted with", "no rate that was tried: this machine is too busy or too uneven") +
           kFootnote;
  }
  return line("trusted with",
              fmt::format("{} requests/s ({:.0f} % of the capacity of {} core{})",
                          with_commas(calibration.trusted_rate),
                          100.0 * static_cast<double>(calibration.trusted_rate) /
                              static_cast<double>(calibration.capacity.per_core *
                                                  calibration.capacity.cores),
                          calibration.capacity.cores, calibration.capacity.cores == 1 ? "" : "s")) +
         kFootnote;
}

}  // namespace loadrun::commands
