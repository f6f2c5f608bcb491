#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "commands/calibration.h"
#include "commands/load_probe.h"

namespace loadrun::commands {

/// Measures this machine against null servers, as docs/calibration.md says, and prints each figure
/// when it is known.
class Calibrator {
 public:
  /// `clock` outlives this; each measurement takes `length`.
  Calibrator(const Clock& clock, int workers, Nanoseconds length);

  /// Once. Fails as LoadProbe::run does.
  Result<Calibration> run();

 private:
  Result<void> measure_timers();
  Result<void> measure_latency();
  Result<void> measure_capacity();
  Result<void> find_trusted_rate();
  Result<Calibration::Trial> try_rate(std::int64_t rate);
  std::int64_t most_vus() const;

  const Clock& clock_;
  const Nanoseconds length_;
  LoadProbe probe_;
  Calibration found_;
};

}  // namespace loadrun::commands
