#include "fake_output.h"

#include <fmt/format.h>

namespace loadrun::test {
namespace {

class FakeOutput final : public outputs::Output {
 public:
  FakeOutput(FakeTarget& target, bool wants_samples)
      : target_(target), wants_samples_(wants_samples) {}

  std::string description() const override { return "fake"; }
  bool wants_samples() const override { return wants_samples_; }
  Result<void> start(const outputs::RunInfo&) override { return target_.start(); }
  Result<void> write(const outputs::Batch& batch) override {
    return target_.write(batch.sample_count);
  }
  Result<void> finish(const report::SummaryInput&) override { return target_.finish(); }

 private:
  FakeTarget& target_;
  const bool wants_samples_;
};

Result<void> result_of(bool failed, const char* message) {
  if (failed) return Error{ExitCode::kOutputFailed, message};
  return {};
}

}  // namespace

void FakeTarget::hold(std::size_t samples) {
  const std::scoped_lock lock(mutex_);
  held_ = samples;
}

void FakeTarget::release() {
  const std::scoped_lock lock(mutex_);
  held_.reset();
  changed_.notify_all();
}

void FakeTarget::await_held() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_; });
}

std::vector<std::string> FakeTarget::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

Result<void> FakeTarget::start() {
  const std::scoped_lock lock(mutex_);
  calls_.emplace_back("start");
  return result_of(start_fails_, "does not open");
}

Result<void> FakeTarget::write(std::size_t samples) {
  std::unique_lock lock(mutex_);
  waiting_ = held_ == samples;
  changed_.notify_all();
  changed_.wait(lock, [&] { return held_ != samples; });
  waiting_ = false;
  calls_.push_back(fmt::format("write {}", samples));
  return result_of(failing_write_ == writes_++, "disk full");
}

Result<void> FakeTarget::finish() {
  const std::scoped_lock lock(mutex_);
  calls_.emplace_back("finish");
  return result_of(finish_fails_, "does not close");
}

std::unique_ptr<outputs::Output> fake_output(FakeTarget& target, bool wants_samples) {
  return std::make_unique<FakeOutput>(target, wants_samples);
}

outputs::Batch batch_of(std::size_t samples) {
  outputs::Batch batch;
  batch.sample_count = samples;
  return batch;
}

}  // namespace loadrun::test
