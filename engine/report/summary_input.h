#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "metrics/balance.h"
#include "metrics/health.h"
#include "metrics/registry.h"
#include "metrics/threshold.h"
#include "metrics/totals.h"
#include "metrics/verdict.h"
#include "plan/capacity_result.h"
#include "plan/plan.h"

namespace loadrun::report {

/// The iterations of a scenario that waited for a VU until its duration was over.
struct Unscheduled {
  std::string scenario;
  std::int64_t count = 0;       ///< At least 1.
  Nanoseconds longest_wait{0};  ///< Of the one that was due first.
};

/// What did not arrive at an output that failed or was too slow.
struct OutputLoss {
  std::string output;         ///< As it describes itself, e.g. "json (results.json)".
  std::uint64_t samples = 0;  ///< May be 0: what failed was its end.
  std::string reason;
};

/// How the iterations of a scenario ended, in this instance.
struct ScenarioResult {
  std::string name;
  std::int64_t started = 0;
  std::int64_t completed = 0;  ///< By themselves, those that raised included.
  std::int64_t failed = 0;     ///< Of those: raised.
  std::int64_t interrupted = 0;
  std::int64_t dropped = 0;  ///< Were planned and never started.
};

/// What is known of a run besides what was measured.
struct RunFacts {
  std::string script = {};  ///< The path as given.
  std::uint64_t seed = 0;
  int workers = 0;
  TimePoint start{};    ///< Of setup.
  Nanoseconds wall{0};  ///< The same instant, since 1970.
};

/// How a run ended.
struct RunEnd {
  ExitCode code = ExitCode::kOk;  ///< As far as it is decided.
  std::string reason = {};        ///< Of that code; "" with kOk.
};

/// What the summaries are rendered from. Views of the coordinator's state: everything outlives the
/// call it is passed to.
struct SummaryInput {
  const metrics::Registry& registry;
  const metrics::Totals& totals;
  /// State after the final evaluation, per key in the order the user wrote them.
  const std::vector<metrics::ThresholdOutcome>& thresholds;
  /// Used: summary_trend_stats, summary_time_unit and the keys of `thresholds`. Leave those keys
  /// out of the plan when thresholds are switched off: metrics with thresholds are shown even
  /// without samples.
  const plan::Plan& plan;
  /// The whole run with setup and teardown: what rates are taken over.
  Nanoseconds elapsed{0};
  /// JSON text of what setup() returned, if anything.
  std::optional<std::string> setup_data = std::nullopt;
  /// One per scenario that had any, sorted by name.
  std::vector<Unscheduled> unscheduled = {};
  /// One per output that lost something or failed, in the order in which they were asked for.
  std::vector<OutputLoss> output_losses = {};
  /// All scenarios, sorted by name.
  std::vector<ScenarioResult> scenarios = {};
  RunFacts run = {};
  RunEnd end = {};
  std::optional<metrics::Balance> balance = std::nullopt;  ///< If all counts are known.
  metrics::Health health = {};                             ///< Of the generator,
  metrics::Verdict verdict = {};                           ///< and what follows from it.
  /// Of the executor `capacity`, if there was one.
  std::optional<plan::CapacityResult> capacity = std::nullopt;
};

}  // namespace loadrun::report
