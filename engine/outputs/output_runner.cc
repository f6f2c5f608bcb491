#include "outputs/output_runner.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "base/log.h"

namespace loadrun::outputs {

namespace {

/// Where cores are short, measuring comes before writing down. Linux has priorities per thread.
void yield_to_workers() {
  constexpr int kLeast = 19;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLeast);
}

}  // namespace

OutputRunner::OutputRunner(std::unique_ptr<Output> output)
    : output_(std::move(output)), description_(output_->description()) {}

OutputRunner::~OutputRunner() {
  {
    const std::scoped_lock lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void OutputRunner::start(const RunInfo& run) {
  thread_ = std::thread([this, &run] { run_thread(run); });
}

bool OutputRunner::await_start(Nanoseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return opened_ || failed_; });
  return opened_;
}

void OutputRunner::write(std::shared_ptr<const Batch> batch) {
  const std::scoped_lock lock(mutex_);
  if (failed_) {
    lost_ += batch->sample_count;
  } else if (waiting_.size() == kMaxWaiting) {
    if (reason_.empty()) log_warning("output {}: it is too slow, samples are lost", description_);
    lose(batch->sample_count, "too slow");
  } else {
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
  }
}

void OutputRunner::finish(const report::SummaryInput& results) {
  const std::scoped_lock lock(mutex_);
  results_ = &results;
  leaving_ = true;
  changed_.notify_all();
}

bool OutputRunner::await_end(Nanoseconds limit) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, limit, [this] { return ended_; })) return true;
  results_ = nullptr;
  failed_ = true;
  std::size_t unwritten = in_work_;
  for (const auto& batch : waiting_) unwritten += batch->sample_count;
  waiting_.clear();
  lose(unwritten, fmt::format("it did not finish within {:g} s", to_seconds(limit)));
  return false;
}

report::OutputLoss OutputRunner::loss() const {
  const std::scoped_lock lock(mutex_);
  return {.output = description_, .samples = lost_, .reason = reason_};
}

void OutputRunner::run_thread(const RunInfo& run) {
  yield_to_workers();
  const Result<void> started = output_->start(run);
  if (!started.ok()) fail(started.error().message);
  {
    const std::scoped_lock lock(mutex_);
    opened_ = started.ok();
    changed_.notify_all();
  }
  while (const auto batch = next()) write_next(*batch);
  finish_output();
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

/// Null when nothing will come any more.
std::shared_ptr<const Batch> OutputRunner::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return leaving_ || failed_ || !waiting_.empty(); });
  if (waiting_.empty()) return nullptr;
  auto batch = std::move(waiting_.front());
  waiting_.pop_front();
  in_work_ = batch->sample_count;
  return batch;
}

void OutputRunner::write_next(const Batch& batch) {
  const Result<void> written = output_->write(batch);
  if (!written.ok()) fail(written.error().message);
  const std::scoped_lock lock(mutex_);
  in_work_ = 0;
}

void OutputRunner::finish_output() {
  const report::SummaryInput* results = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (failed_ || results_ == nullptr) return;
    results = results_;
  }
  const Result<void> finished = output_->finish(*results);
  if (!finished.ok()) fail(finished.error().message);
}

/// What it was writing and what waits for it is lost.
void OutputRunner::fail(const std::string& reason) {
  log_error("output {}: {}", description_, reason);
  const std::scoped_lock lock(mutex_);
  if (failed_) return;  // given up before: all that was counted
  failed_ = true;
  std::size_t unwritten = std::exchange(in_work_, 0);
  for (const auto& batch : waiting_) unwritten += batch->sample_count;
  waiting_.clear();
  lose(unwritten, reason);
}

/// REQUIRES: `mutex_` is held.
void OutputRunner::lose(std::size_t samples, const std::string& reason) {
  lost_ += samples;
  if (reason_.empty()) reason_ = reason;
}

}  // namespace loadrun::outputs
