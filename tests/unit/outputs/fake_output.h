#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "metrics/registry.h"
#include "metrics/totals.h"
#include "outputs/output.h"

namespace loadrun::test {

/// What a fake output was told, and what it does. Thread-safe.
class FakeTarget {
 public:
  /// Has the n-th call of write (from 0) fail, or start, or finish.
  void fail_write(std::size_t number) { failing_write_ = number; }
  void fail_start() { start_fails_ = true; }
  void fail_finish() { finish_fails_ = true; }

  /// Writing a batch of so many samples takes until release().
  void hold(std::size_t samples);
  void release();
  /// Waits until it is written.
  void await_held();

  std::vector<std::string> calls() const;

  // --- for the output ---

  Result<void> start();
  Result<void> write(std::size_t samples);
  Result<void> finish();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> calls_;
  std::optional<std::size_t> failing_write_;
  std::size_t writes_ = 0;
  bool start_fails_ = false, finish_fails_ = false;
  std::optional<std::size_t> held_;
  bool waiting_ = false;
};

/// An output of `target`, which outlives it.
std::unique_ptr<outputs::Output> fake_output(FakeTarget& target, bool wants_samples = true);

/// A batch of so many samples.
outputs::Batch batch_of(std::size_t samples);

/// A run that is there to be referred to.
struct FakeRun {
  metrics::Registry registry;
  metrics::Totals totals{registry};
  plan::Plan plan;
  outputs::SeriesTable series;
  std::vector<metrics::ThresholdOutcome> thresholds;
  report::SummaryInput results{
      .registry = registry, .totals = totals, .thresholds = thresholds, .plan = plan};
  outputs::RunInfo info{
      .plan = plan, .series = series, .script = "script.lua", .script_source = ""};
};

}  // namespace loadrun::test
