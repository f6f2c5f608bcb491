#pragma once

#include <cstdint>
#include <string>

#include "commands/calibration.h"

// What `loadrun calibrate` prints: a line for each measurement, as it is done.

namespace loadrun::commands {

/// "12,345,678"
std::string with_commas(std::int64_t number);

/// "4 CPUs, AMD EPYC 7B13"; the model only when the kernel tells it.
std::string machine_text(const outputs::Machine& machine);

std::string about_machine(const Calibration& calibration);
std::string about_timers(const Calibration::Timers& timers);
std::string about_latency(const Calibration::Latency& latency);
std::string about_capacity(const Calibration::Capacity& capacity);
std::string about_trial(const Calibration::Trial& trial);
/// The conclusion, and what it is worth.
std::string about_trust(const Calibration& calibration);

}  // namespace loadrun::commands
