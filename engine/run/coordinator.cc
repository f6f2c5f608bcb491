#include "run/coordinator.h"

#include <fmt/format.h>
#include <poll.h>

#include "base/log.h"
#include "run/run_health.h"

namespace loadrun::run {
namespace {

constexpr int kPollMilliseconds = 100;  // k6's refresh of the progress on a terminal
constexpr Nanoseconds kSamplePeriod = 1s;
constexpr Nanoseconds kThresholdPeriod = 2s;
constexpr Nanoseconds kSlack = 500ms;  // for workers that end their scenarios themselves, in time

}  // namespace

Coordinator::Coordinator(const Parts& parts)
    : parts_(parts),
      plan_(parts.run.plan),
      progress_(parts.run),
      stalls_(parts.run, parts.workers),
      machine_(parts.clock),
      capacity_(CapacityControl::of(parts.run, parts.workers, parts.measurements)) {}

RunResult Coordinator::run() {
  initialise();
  if (!cause_) wait_while_paused();
  start_ = parts_.clock.now();
  parts_.run.times.start = start_;
  parts_.run.times.start_wall = parts_.clock.wall();
  parts_.measurements.begin(start_, parts_.run.times.start_wall);
  next_sample_ = start_ + kSamplePeriod;
  next_evaluation_ = start_ + kThresholdPeriod;
  if (!cause_) set_up();
  const bool is_set_up = !cause_;
  if (is_set_up) run_scenarios();
  scenarios_end_ = parts_.clock.now();
  if (is_set_up) end_scenarios();
  if (capacity_ && is_set_up) result_.capacity = capacity_->finish(scenarios_end_);
  const bool has_work = plan::requirements(plan_).max_vus > 0;
  if (!cause_ && has_work && parts_.run.live.totals().completed == 0) {
    log_warning("No script iterations fully finished, consider making the test duration longer");
  }
  if (is_set_up) tear_down();
  result_.elapsed = parts_.clock.now() - start_;
  collect_rests();
  balance();
  judge();
  parts_.measurements.end();
  phase_ = Phase::kSummary;
  result_.health = std::move(parts_.measurements.health());
  result_.code = code();
  result_.reason = reason_;
  return result_;
}

void Coordinator::initialise() {
  start_ = parts_.clock.now();
  for (auto& worker : parts_.workers) worker->launch(parts_.run);
  post(Command::Kind::kPrepare);
  const Waited waited = wait_for(Event::Kind::kPrepared, all_workers());
  log_debug("initialised {} VUs in {:.0f} ms", parts_.run.live.initialised_vus(),
            to_milliseconds(parts_.clock.now() - start_));
  if (waited != Waited::kDone) stalls_.demand(parts_.clock.now());
}

void Coordinator::wait_while_paused() {
  if (!plan_.paused) return;
  phase_ = Phase::kPaused;
  log_info("paused: kill -USR1 {} starts the test", Signals::process());
  while (!cause_ && !parts_.signals.resumed()) wait_a_little();
}

void Coordinator::set_up() {
  if (!parts_.has_setup) return;
  phase_ = Phase::kSetup;
  call("setup", script::Stage::kSetup, plan_.setup_timeout, ExitCode::kSetupTimeout);
}

void Coordinator::run_scenarios() {
  phase_ = Phase::kScenarios;
  const TimePoint now = parts_.clock.now();
  parts_.run.times.scenarios = now;
  parts_.run.times.scenarios_wall = parts_.clock.wall();
  parts_.measurements.start(now);
  for (auto& worker : parts_.workers) {
    worker->post({.kind = Command::Kind::kStart, .argument = argument_, .at = now});
  }
  add_limits(parts_.measurements.health(), plan_);
  machine_.start(now);
  const TimePoint deadline = now + plan::requirements(plan_).total_duration + kSlack;
  if (wait_for(Event::Kind::kScenariosEnded, all_workers(), deadline) == Waited::kDone) return;
  post(Command::Kind::kAbort);
  stalls_.demand(parts_.clock.now());
  while (wait_for(Event::Kind::kScenariosEnded, awaited_) == Waited::kEnded) continue;
  stalls_.relax();
}

void Coordinator::tear_down() {
  if (!parts_.has_teardown) return;
  phase_ = Phase::kTeardown;
  call("teardown", script::Stage::kTeardown, plan_.teardown_timeout, ExitCode::kTeardownTimeout);
}

void Coordinator::call(const char* exec, script::Stage stage, Nanoseconds timeout,
                       ExitCode timeout_code) {
  if (stalls_.lost(first_worker())) {
    return log(fmt::format("{}() is not called: there is no worker left", exec));
  }
  if (await_call(exec, stage, timeout) == Waited::kTimeout) {
    end_with(timeout_code,
             fmt::format("{}() execution timed out after {} seconds", exec, to_seconds(timeout)));
  }
}

/// A call that is over before it ended is cancelled.
Coordinator::Waited Coordinator::await_call(const char* exec, script::Stage stage,
                                            Nanoseconds timeout) {
  const std::uint32_t index = first_worker();
  Worker& worker = *parts_.workers[index];
  worker.post({.kind = Command::Kind::kCall, .exec = exec, .stage = stage, .argument = argument_});
  const Waited waited = wait_for(Event::Kind::kCallEnded, {index}, parts_.clock.now() + timeout);
  if (awaited_.empty()) return waited;
  cancelling_ = true;
  worker.post({.kind = Command::Kind::kCancel});
  stalls_.demand(parts_.clock.now());
  while (wait_for(Event::Kind::kCancelled, {index}) == Waited::kEnded) continue;
  stalls_.relax();
  cancelling_ = false;
  return waited;
}

SummaryCall Coordinator::handle_summary(std::string data) {
  if (stalls_.lost(first_worker())) return {.outcome = SummaryCall::Outcome::kDefault};
  argument_ = std::make_shared<const std::string>(std::move(data));
  const Waited waited =
      await_call("handleSummary", script::Stage::kSummary, plan_.handle_summary_timeout);
  if (waited == Waited::kTimeout) {
    log(
        fmt::format("failed to handle the end-of-test summary: handleSummary() execution timed out "
                    "after {} seconds",
                    to_seconds(plan_.handle_summary_timeout)));
    return {.outcome = SummaryCall::Outcome::kNothing};
  }
  if (waited == Waited::kEnded) return {.outcome = SummaryCall::Outcome::kDefault};
  if (!summary_error_) {
    if (!texts_) return {.outcome = SummaryCall::Outcome::kDefault};
    return {SummaryCall::Outcome::kReturned, std::move(*texts_)};
  }
  log("failed to handle the end-of-test summary: " + summary_error_->message);
  const bool raised = summary_error_->code == ExitCode::kScriptException;
  return {.outcome = raised ? SummaryCall::Outcome::kDefault : SummaryCall::Outcome::kNothing};
}

bool Coordinator::stop_workers() {
  post(Command::Kind::kQuit);
  bool all_ended = true;
  for (std::uint32_t i = 0; i < parts_.workers.size(); ++i) {
    if (stalls_.lost(i)) {
      all_ended = false;
    } else {
      parts_.workers[i]->join();
    }
  }
  phase_ = Phase::kEnded;
  return all_ended;
}

/// The first that is not lost; worker 0 when all are, whose call then ends at once.
std::uint32_t Coordinator::first_worker() const {
  for (std::uint32_t i = 0; i < parts_.workers.size(); ++i) {
    if (!stalls_.lost(i)) return i;
  }
  return 0;
}

std::set<std::uint32_t> Coordinator::all_workers() const {
  std::set<std::uint32_t> all;
  for (std::uint32_t i = 0; i < parts_.workers.size(); ++i) all.insert(i);
  return all;
}

void Coordinator::post(Command::Kind kind) {
  for (auto& worker : parts_.workers) worker->post({.kind = kind});
}

Coordinator::Waited Coordinator::wait_for(Event::Kind kind, std::set<std::uint32_t> workers,
                                          std::optional<TimePoint> deadline) {
  const bool was_ended = cause_.has_value();
  awaited_kind_ = kind;
  awaited_ = std::move(workers);
  for (;;) {
    std::erase_if(awaited_, [this](std::uint32_t worker) { return stalls_.lost(worker); });
    if (cause_ && !was_ended) return Waited::kEnded;
    if (awaited_.empty()) return Waited::kDone;
    if (deadline && parts_.clock.now() >= *deadline) return Waited::kTimeout;
    wait_a_little();
  }
}

void Coordinator::wait_a_little() {
  pollfd ready{.fd = parts_.run.events.fd(), .events = POLLIN, .revents = 0};
  poll(&ready, 1, kPollMilliseconds);
  take_events();
  tick();
}

void Coordinator::take_events() {
  if (parts_.signals.received() && !signal_handled_) {
    signal_handled_ = true;
    end_with(ExitCode::kExternalAbort, "test run was aborted by a signal");
  }
  for (Event& event : parts_.run.events.take_all()) take_event(event);
}

void Coordinator::take_event(Event& event) {
  if (event.kind == awaited_kind_) awaited_.erase(event.worker);
  if (event.kind == Event::Kind::kMarkedAsFailed) marked_as_failed_ = true;
  if (event.kind == Event::Kind::kHandedOver) {
    parts_.measurements.gather(parts_.workers, parts_.clock.now());
    parts_.measurements.add_rest(event.worker, *event.rest);
  }
  take_result(event);
}

void Coordinator::take_result(Event& event) {
  const bool is_call = event.kind == Event::Kind::kCallEnded;
  if (is_call && cancelling_) {
    if (!event.result.ok()) log(event.result.error().message);
  } else if (is_call && phase_ == Phase::kSummary) {
    texts_ = std::move(event.texts);
    if (!event.result.ok()) summary_error_ = event.result.error();
  } else if (!event.result.ok()) {
    end_with(event.result.error().code, event.result.error().message);
  } else if (is_call && phase_ == Phase::kSetup && !event.result.value().empty()) {
    result_.setup_data = event.result.value();
    argument_ = std::make_shared<const std::string>(std::move(event.result).value());
  }
}

void Coordinator::tick() {
  const TimePoint now = parts_.clock.now();
  stalls_.look(now);
  for (const std::string& loss : stalls_.take_losses()) end_with(ExitCode::kScriptException, loss);
  if (phase_ >= Phase::kSummary) return;  // what is measured now is no longer part of the test
  if (phase_ == Phase::kScenarios) look_at_machine(now);
  parts_.measurements.gather(parts_.workers, now);
  parts_.display.update(progress());
  if (phase_ <= Phase::kPaused) return;
  if (phase_ == Phase::kScenarios && capacity_ && !cause_) capacity_->tick(now);
  if (phase_ == Phase::kScenarios) evaluate_thresholds(now);
  if (now >= next_sample_) sample(now);
}

void Coordinator::sample(TimePoint now) {
  next_sample_ = next_sample_ + kSamplePeriod;
  const auto record = [&](metrics::Builtin gauge, std::int64_t value) {
    parts_.measurements.sample(gauge, static_cast<double>(value), now);
  };
  record(metrics::Builtin::kVus, parts_.run.live.totals().active_vus);
  record(metrics::Builtin::kVusMax, parts_.run.live.initialised_vus());
  std::size_t memory = 0;
  for (const auto& worker : parts_.workers) memory += worker->lua_memory();
  record(metrics::Builtin::kLoadrunLuaMemory, static_cast<std::int64_t>(memory));
  if (phase_ == Phase::kScenarios) parts_.measurements.sample_thresholds(now);
}

/// Before gathering closes the second that the figures belong to.
void Coordinator::look_at_machine(TimePoint now) {
  const auto second = machine_.look(now);
  if (!second) return;
  const TimePoint end = parts_.run.times.scenarios.load() + (second->second + 1) * 1s;
  parts_.measurements.sample(*second, end - 1ns);
}

void Coordinator::end_scenarios() {
  if (const auto rest = machine_.finish(scenarios_end_)) {
    parts_.measurements.sample(*rest, scenarios_end_);
  }
  add_totals(parts_.measurements.health(), parts_.run, stalls_, scenarios_end_);
}

void Coordinator::evaluate_thresholds(TimePoint now) {
  Measurements& measured = parts_.measurements;
  metrics::ThresholdSet& thresholds = measured.thresholds();
  for (std::size_t i = 0; i < plan_.scenarios.size(); ++i) {
    const bool ended = parts_.run.scenarios[i].unfinished.load(std::memory_order_relaxed) == 0;
    if (ended) thresholds.end_scenario(i, now - parts_.run.times.scenarios.load());
  }
  bool abort = measured.evaluate_seconds(now, now - start_);
  if (now >= next_evaluation_) {
    next_evaluation_ = now + kThresholdPeriod;
    abort |= thresholds.evaluate(measured.totals(), now - start_, false);
  }
  if (!abort) return;
  end_with(ExitCode::kThresholdsFailed,
           fmt::format("thresholds on metrics '{}' were crossed; at least one has abortOnFail "
                       "enabled, stopping test prematurely",
                       fmt::join(thresholds.failed_keys(), ", ")));
}

void Coordinator::end_with(ExitCode code, const std::string& message) {
  log(message);
  if (cause_) return;
  cause_ = code;
  reason_ = message;
}

void Coordinator::log(const std::string& message) {
  parts_.display.clear();
  log_error("{}", message);
}

/// Every worker that answers hands over what it measured since its last tick.
void Coordinator::collect_rests() {
  post(Command::Kind::kHandOver);
  stalls_.demand(parts_.clock.now());
  std::set<std::uint32_t> workers = all_workers();
  while (wait_for(Event::Kind::kHandedOver, workers) == Waited::kEnded) workers = awaited_;
  stalls_.relax();
  parts_.measurements.add_own();
}

/// Counts that do not add up are an error of loadrun, whatever they are of.
void Coordinator::balance() {
  for (std::uint32_t i = 0; i < parts_.workers.size(); ++i) {
    if (stalls_.lost(i)) return;
  }
  result_.balance = {iteration_balance(parts_.run), parts_.measurements.requests()};
  for (const std::string& equation : result_.balance->broken()) {
    ++parts_.measurements.health().imbalances;
    log("the counts of this run do not add up, please report it: " + equation);
  }
}

/// What the results say of a run that may have come to its end.
void Coordinator::judge() {
  metrics::ThresholdSet& thresholds = parts_.measurements.thresholds();
  thresholds.evaluate(parts_.measurements.totals(), result_.elapsed, true);
  for (const std::string& note :
       parts_.measurements.finish_seconds(scenarios_end_, start_ + result_.elapsed)) {
    log_warning("{}", note);
  }
  const std::vector<std::string> failed = thresholds.failed_keys();
  if (!failed.empty() && cause_ != ExitCode::kThresholdsFailed) {
    end_with(ExitCode::kThresholdsFailed,
             fmt::format("thresholds on metrics '{}' have been crossed", fmt::join(failed, ", ")));
  }
  if (marked_as_failed_) end_with(ExitCode::kMarkedAsFailed, "the test was marked as failed");
  const LiveTotals iterations = parts_.run.live.totals();
  if (iterations.failed > 0 && iterations.failed == iterations.completed) {
    end_with(ExitCode::kScriptException, fmt::format("every iteration raised an error ({} of {})",
                                                     iterations.failed, iterations.completed));
  }
}

report::Progress Coordinator::progress() const {
  const TimePoint now = parts_.clock.now();
  const TimePoint scenarios = parts_.run.times.scenarios.load();
  const bool started = scenarios != TimePoint{};
  report::Progress progress =
      progress_.read(now - start_, started ? now - scenarios : Nanoseconds(-1));
  progress.init = phase_ == Phase::kInit || phase_ == Phase::kPaused;
  progress.setup = phase_ == Phase::kSetup;
  progress.teardown = phase_ == Phase::kTeardown;
  progress.ended = phase_ == Phase::kEnded;
  if (capacity_ && phase_ == Phase::kScenarios) progress.note = capacity_->status();
  return progress;
}

}  // namespace loadrun::run
