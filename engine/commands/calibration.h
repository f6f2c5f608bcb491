#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "outputs/machine.h"

namespace loadrun::commands {

/// What `loadrun calibrate` found out about a machine; docs/calibration.md says how. Times are in
/// milliseconds, rates in requests per second. `requests` were made by the generator, `served` by
/// the null server: the same number.
struct Calibration {
  struct Timers {
    std::int64_t wakeups = 0;
    double late_p99 = 0;
    double late_max = 0;
    bool operator==(const Timers&) const = default;
  };
  struct Latency {
    std::int64_t rate = 0;
    std::int64_t requests = 0;
    std::int64_t served = 0;
    double p50 = 0;
    double p99 = 0;
    double max = 0;
    bool operator==(const Latency&) const = default;
  };
  struct Capacity {
    std::int64_t vus = 0;
    std::int64_t requests = 0;
    std::int64_t served = 0;
    double cpu_seconds = 0;     ///< Of the workers.
    std::int64_t per_core = 0;  ///< Requests per second of that.
    std::int64_t cores = 0;     ///< That the workers can use at a time.
    bool operator==(const Capacity&) const = default;
  };
  /// A run at a rate that might be the trusted one.
  struct Trial {
    std::int64_t rate = 0;
    std::int64_t requests = 0;
    std::int64_t served = 0;
    std::int64_t dropped = 0;
    double start_lag_p99 = 0;
    bool healthy = false;
    bool operator==(const Trial&) const = default;
  };

  std::string generator;  ///< "loadrun 0.1.0"
  std::string measured;   ///< When, UTC.
  outputs::Machine machine;
  std::int64_t workers = 0;
  Timers timers;
  Latency latency;
  Capacity capacity;
  std::vector<Trial> trials;
  /// The rate of the trial that was healthy; 0 when none was.
  std::int64_t trusted_rate = 0;

  bool operator==(const Calibration&) const = default;
};

/// The text of a calibration file, version 1.
std::string to_json(const Calibration& calibration);

/// Reads such a text. Fails (kInvalidConfig) with all that is wrong, a line each, naming `file`,
/// the field and what was expected.
Result<Calibration> calibration_from_json(const std::string& file, std::string_view text);

/// The same of the file at `path`, also when it cannot be read.
Result<Calibration> read_calibration(const std::string& path);

}  // namespace loadrun::commands
