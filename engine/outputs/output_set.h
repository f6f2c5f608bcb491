#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "outputs/output_runner.h"

namespace loadrun::outputs {

/// All outputs of a run. What it publishes all of them share. For the coordinator's thread.
class OutputSet {
 public:
  /// `clock` outlives this; it measures how long is waited.
  OutputSet(std::vector<std::unique_ptr<Output>> outputs, const Clock& clock);

  bool empty() const { return runners_.empty(); }
  /// Whether one of them reads Batch::samples.
  bool wants_samples() const;
  /// Of all of them, as the banner shows them.
  std::vector<std::string> descriptions() const;
  /// The series that batches refer to.
  SeriesTable& series() { return series_; }

  /// Opens them, without waiting. `run` outlives this.
  void start(const RunInfo& run);
  /// Waits until all are open, one has failed to open or `limit` has passed. Whether all are open.
  bool await_start(Nanoseconds limit);
  /// Passes a batch on to all. Never waits.
  void publish(Batch batch);
  /// Has them write what is left and close, and waits for that, at most `limit` for all; logs what
  /// was lost. False when the thread of one of them hangs: then this must not be destroyed, and the
  /// process has to be left. `results` outlives this. REQUIRES: started; once.
  bool finish(const report::SummaryInput& results, Nanoseconds limit);
  /// One for each output that failed or lost something.
  std::vector<report::OutputLoss> losses() const;

 private:
  const Clock& clock_;
  SeriesTable series_;
  std::deque<OutputRunner> runners_;
};

}  // namespace loadrun::outputs
