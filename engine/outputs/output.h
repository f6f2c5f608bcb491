#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/result.h"
#include "outputs/batch.h"
#include "plan/plan.h"
#include "report/summary_input.h"

namespace loadrun::outputs {

/// What is known of a run before it starts. Outlives the outputs.
struct RunInfo {
  const plan::Plan& plan;
  const SeriesTable& series;
  std::string script;         ///< The path as given.
  std::string script_source;  ///< Its text.
  std::uint64_t seed = 0;
  int workers = 0;
  Nanoseconds wall{0};                      ///< When it starts, since 1970.
  std::vector<std::string> variables = {};  ///< Names of those that --env sets.
};

/// A system that measurements are sent to. Its functions are called on a thread of its own, one at
/// a time, in the order start, write..., finish; after a failure nothing more is asked of it than
/// its destruction.
class Output {
 public:
  virtual ~Output() = default;

  /// As the banner shows it: "json (results.json)".
  virtual std::string description() const = 0;
  /// Whether it reads Batch::samples; all read Batch::parts.
  virtual bool wants_samples() const = 0;

  /// Opens it. Fails with a message that names the target and the reason.
  virtual Result<void> start(const RunInfo& run) = 0;
  /// Sends a batch on. What it fails with is shown once; what was in the batch counts as lost.
  virtual Result<void> write(const Batch& batch) = 0;
  /// Everything was written: adds what the run came to and closes. The verdict is without outputs.
  virtual Result<void> finish(const report::SummaryInput& results) = 0;
};

}  // namespace loadrun::outputs
