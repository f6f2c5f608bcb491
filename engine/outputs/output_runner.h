#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "outputs/batch.h"
#include "outputs/output.h"
#include "report/summary_input.h"

namespace loadrun::outputs {

/// An output on a thread of its own, behind a bounded queue. What does not fit into the queue is
/// lost, and so is everything from an output's first failure on, which is logged; losses are
/// counted. All functions are for one thread, the coordinator's, and return at once unless they say
/// otherwise.
class OutputRunner {
 public:
  /// So many batches, that is seconds, an output may be behind.
  static constexpr std::size_t kMaxWaiting = 10;

  explicit OutputRunner(std::unique_ptr<Output> output);
  /// Waits for its thread, which finishes nothing.
  ~OutputRunner();
  OutputRunner(const OutputRunner&) = delete;
  OutputRunner& operator=(const OutputRunner&) = delete;

  const std::string& description() const { return description_; }
  bool wants_samples() const { return output_->wants_samples(); }

  /// Launches the thread, which opens the output. Once; `run` outlives this.
  void start(const RunInfo& run);
  /// Waits until it is open or has failed to open, or `limit` has passed. Whether it is open.
  bool await_start(Nanoseconds limit);
  /// Queues a batch. REQUIRES: started, not told to finish.
  void write(std::shared_ptr<const Batch> batch);
  /// Tells it to finish after what is queued. Once; `results` outlives this.
  void finish(const report::SummaryInput& results);
  /// Waits until it has finished or failed, or `limit` has passed: then what it has not written is
  /// lost, and its thread may hang in it for ever. Whether the thread has ended.
  bool await_end(Nanoseconds limit);
  /// What was lost so far, and why; no reason: nothing failed.
  report::OutputLoss loss() const;

 private:
  void run_thread(const RunInfo& run);
  std::shared_ptr<const Batch> next();
  void write_next(const Batch& batch);
  void finish_output();
  void fail(const std::string& reason);
  void lose(std::size_t samples, const std::string& reason);

  const std::unique_ptr<Output> output_;
  const std::string description_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::shared_ptr<const Batch>> waiting_;
  std::size_t in_work_ = 0;  // samples of the batch that is being written
  bool opened_ = false;
  bool failed_ = false;
  bool leaving_ = false;  // nothing is queued any more
  bool ended_ = false;    // the thread is through
  const report::SummaryInput* results_ = nullptr;
  std::uint64_t lost_ = 0;
  std::string reason_;  // of the first loss
  std::thread thread_;
};

}  // namespace loadrun::outputs
