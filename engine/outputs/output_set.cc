#include "outputs/output_set.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace loadrun::outputs {
namespace {

/// What is left of a time limit.
class TimeLeft {
 public:
  TimeLeft(const Clock& clock, Nanoseconds limit) : clock_(clock), end_(clock.now() + limit) {}
  Nanoseconds get() const { return std::max<Nanoseconds>(end_ - clock_.now(), 0ns); }

 private:
  const Clock& clock_;
  const TimePoint end_;
};

}  // namespace

OutputSet::OutputSet(std::vector<std::unique_ptr<Output>> outputs, const Clock& clock)
    : clock_(clock) {
  for (auto& output : outputs) runners_.emplace_back(std::move(output));
}

bool OutputSet::wants_samples() const {
  return std::ranges::any_of(runners_, &OutputRunner::wants_samples);
}

std::vector<std::string> OutputSet::descriptions() const {
  std::vector<std::string> descriptions;
  for (const OutputRunner& runner : runners_) descriptions.push_back(runner.description());
  return descriptions;
}

void OutputSet::start(const RunInfo& run) {
  for (OutputRunner& runner : runners_) runner.start(run);
}

bool OutputSet::await_start(Nanoseconds limit) {
  const TimeLeft left(clock_, limit);
  return std::ranges::all_of(
      runners_, [&left](OutputRunner& runner) { return runner.await_start(left.get()); });
}

void OutputSet::publish(Batch batch) {
  const auto shared = std::make_shared<const Batch>(std::move(batch));
  for (OutputRunner& runner : runners_) runner.write(shared);
}

bool OutputSet::finish(const report::SummaryInput& results, Nanoseconds limit) {
  for (OutputRunner& runner : runners_) runner.finish(results);
  const TimeLeft left(clock_, limit);
  bool all_ended = true;
  for (OutputRunner& runner : runners_) all_ended = runner.await_end(left.get()) && all_ended;
  for (const report::OutputLoss& loss : losses()) {
    log_error("output {}: {} samples lost: {}", loss.output, loss.samples, loss.reason);
  }
  return all_ended;
}

std::vector<report::OutputLoss> OutputSet::losses() const {
  std::vector<report::OutputLoss> losses;
  for (const OutputRunner& runner : runners_) {
    report::OutputLoss loss = runner.loss();
    if (!loss.reason.empty()) losses.push_back(std::move(loss));
  }
  return losses;
}

}  // namespace loadrun::outputs
