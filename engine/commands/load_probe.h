#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/histogram.h"
#include "run/signals.h"
#include "run/worker_messages.h"

namespace loadrun::commands {

/// What a run against null servers came to.
struct ProbeResult {
  std::int64_t requests = 0;                                ///< That the generator made,
  std::int64_t served = 0;                                  ///< and that the servers took.
  std::int64_t dropped = 0;                                 ///< Arrivals that found no VU.
  Nanoseconds cpu{0};                                       ///< CPU time of the workers.
  metrics::Histogram duration{metrics::ValueKind::kTime};   ///< http_req_duration.
  metrics::Histogram start_lag{metrics::ValueKind::kTime};  ///< iteration_start_lag.
};

/// Runs scenarios of one GET request per iteration, as `loadrun run` does, against null servers of
/// this process, one for two workers: a null server needs about a quarter of what a request costs
/// the generator. One at a time in a process, as it listens to signals.
class LoadProbe {
 public:
  /// `clock` outlives this.
  LoadProbe(const Clock& clock, int workers) : clock_(clock), workers_(workers) {}

  /// One run of one scenario with these fields. Fails as a run does, and (kGeneric) when a request
  /// failed.
  Result<ProbeResult> run(const nlohmann::json& scenario);

 private:
  const Clock& clock_;
  const int workers_;
  run::EventQueue events_;
  run::Signals signals_{events_.fd()};
};

}  // namespace loadrun::commands
