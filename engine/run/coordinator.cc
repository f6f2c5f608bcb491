#include "run/coordinator.h"

#include <fmt/format.h>
#include <poll.h>

#include "base/log.h"

namespace loadrun::run {
namespace {

constexpr int kPollMilliseconds = 100;  // k6's refresh of the progress on a terminal
constexpr Nanoseconds kVusPeriod = 1s;
constexpr Nanoseconds kThresholdPeriod = 2s;

}  // namespace

Coordinator::Coordinator(const Parts& parts)
    : parts_(parts), progress_(parts.plan, parts.workers) {}

RunResult Coordinator::run() {
  start_ = parts_.clock.now();
  initialise();
  start_ = parts_.clock.now();
  next_vus_sample_ = start_ + kVusPeriod;
  next_evaluation_ = start_ + kThresholdPeriod;
  if (!cause_) set_up();
  const bool set_up_ended = !cause_;
  if (set_up_ended) run_scenarios();
  if (set_up_ended) tear_down();
  result_.elapsed = parts_.clock.now() - start_;
  stop_workers();
  finish_thresholds();
  phase_ = Phase::kEnded;
  result_.code = cause_.value_or(ExitCode::kOk);
  return result_;
}

void Coordinator::initialise() {
  for (auto& worker : parts_.workers) {
    worker->launch(parts_.run);
    worker->post({.kind = Command::Kind::kPrepare});
  }
  wait_for(prepared_, parts_.workers.size());
}

void Coordinator::set_up() {
  if (!parts_.has_setup) return;
  phase_ = Phase::kSetup;
  call("setup", script::Stage::kSetup, parts_.plan.setup_timeout, ExitCode::kSetupTimeout);
}

void Coordinator::run_scenarios() {
  phase_ = Phase::kScenarios;
  scenarios_start_ = parts_.clock.now();
  for (auto& worker : parts_.workers) {
    worker->post(
        {.kind = Command::Kind::kStart, .setup_data = setup_data_, .at = scenarios_start_});
  }
  if (wait_for(scenarios_ended_, parts_.workers.size())) return;
  for (auto& worker : parts_.workers) worker->post({.kind = Command::Kind::kAbort});
  wait_for(scenarios_ended_, parts_.workers.size());
}

void Coordinator::tear_down() {
  if (!parts_.has_teardown) return;
  phase_ = Phase::kTeardown;
  call("teardown", script::Stage::kTeardown, parts_.plan.teardown_timeout,
       ExitCode::kTeardownTimeout);
}

void Coordinator::call(const char* exec, script::Stage stage, Nanoseconds timeout,
                       ExitCode timeout_code) {
  Worker& worker = *parts_.workers.front();
  worker.post(
      {.kind = Command::Kind::kCall, .exec = exec, .stage = stage, .setup_data = setup_data_});
  const TimePoint deadline = parts_.clock.now() + timeout;
  if (wait_for(calls_ended_, calls_ended_ + 1, deadline)) return;
  worker.post({.kind = Command::Kind::kCancel});
  if (parts_.clock.now() >= deadline) {
    end_with(timeout_code,
             fmt::format("{}() execution timed out after {} seconds", exec, to_seconds(timeout)));
  }
}

bool Coordinator::wait_for(const std::size_t& count, std::size_t target,
                           std::optional<TimePoint> deadline) {
  const bool was_ended = cause_.has_value();
  while (count < target) {
    if (cause_ && !was_ended) return false;
    if (deadline && parts_.clock.now() >= *deadline) return false;
    pollfd ready{.fd = parts_.run.events.fd(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, kPollMilliseconds);
    take_events();
    tick();
  }
  return !cause_ || was_ended;
}

void Coordinator::take_events() {
  if (parts_.signals.received() && !signal_handled_) {
    signal_handled_ = true;
    end_with(ExitCode::kExternalAbort, "test run was aborted by a signal");
  }
  for (Event& event : parts_.run.events.take_all()) take_event(event);
}

void Coordinator::take_event(Event& event) {
  switch (event.kind) {
    case Event::Kind::kPrepared:
      ++prepared_;
      break;
    case Event::Kind::kCallEnded:
      ++calls_ended_;
      break;
    case Event::Kind::kScenariosEnded:
      ++scenarios_ended_;
      break;
  }
  if (!event.result.ok()) return end_with(event.result.error().code, event.result.error().message);
  if (event.kind == Event::Kind::kCallEnded && phase_ == Phase::kSetup &&
      !event.result.value().empty()) {
    result_.setup_data = event.result.value();
    setup_data_ = std::make_shared<const std::string>(std::move(event.result).value());
  }
}

void Coordinator::tick() {
  parts_.measurements.gather(parts_.workers);
  parts_.display.update(progress());
  if (phase_ == Phase::kInit) return;
  const TimePoint now = parts_.clock.now();
  if (now >= next_vus_sample_) {
    next_vus_sample_ = next_vus_sample_ + kVusPeriod;
    parts_.measurements.sample_vus(progress_.totals().active_vus, progress_.initialised_vus(), now);
  }
  if (now >= next_evaluation_ && phase_ == Phase::kScenarios) {
    next_evaluation_ = now + kThresholdPeriod;
    evaluate_thresholds(now);
  }
}

void Coordinator::evaluate_thresholds(TimePoint now) {
  metrics::ThresholdSet& thresholds = parts_.measurements.thresholds();
  if (!thresholds.evaluate(parts_.measurements.totals(), now - start_, false)) return;
  end_with(ExitCode::kThresholdsFailed,
           fmt::format("thresholds on metrics '{}' were crossed; at least one has abortOnFail "
                       "enabled, stopping test prematurely",
                       fmt::join(thresholds.failed_keys(), ", ")));
}

/// The first cause counts; the others are only logged.
void Coordinator::end_with(ExitCode code, const std::string& message) {
  parts_.display.clear();
  log_error("{}", message);
  if (!cause_) cause_ = code;
}

void Coordinator::stop_workers() {
  for (auto& worker : parts_.workers) worker->post({.kind = Command::Kind::kQuit});
  for (auto& worker : parts_.workers) worker->join();
  parts_.measurements.gather_rest(parts_.workers);
}

void Coordinator::finish_thresholds() {
  metrics::ThresholdSet& thresholds = parts_.measurements.thresholds();
  thresholds.evaluate(parts_.measurements.totals(), result_.elapsed, true);
  const std::vector<std::string> failed = thresholds.failed_keys();
  if (failed.empty() || cause_ == ExitCode::kThresholdsFailed) return;
  end_with(ExitCode::kThresholdsFailed,
           fmt::format("thresholds on metrics '{}' have been crossed", fmt::join(failed, ", ")));
}

report::Progress Coordinator::progress() const {
  const TimePoint now = parts_.clock.now();
  const bool started = phase_ >= Phase::kScenarios;
  report::Progress progress =
      progress_.read(now - start_, started ? now - scenarios_start_ : Nanoseconds(-1));
  progress.init = phase_ == Phase::kInit;
  progress.setup = phase_ == Phase::kSetup;
  progress.teardown = phase_ == Phase::kTeardown;
  progress.ended = phase_ == Phase::kEnded;
  return progress;
}

}  // namespace loadrun::run
