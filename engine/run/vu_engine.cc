#include "run/vu_engine.h"

#include <fmt/format.h>

#include "base/log.h"
#include "run/addressing.h"
#include "run/tls_settings.h"

namespace loadrun::run {

using script::Operation;
using script::Outcome;

namespace {

/// As k6 does for every request without a response.
void log_failure(const net::HttpExchange& exchange) {
  log_warning("Request Failed: {} {}: {}", exchange.method, mask_userinfo(exchange.url),
              failure_text(exchange));
}

net::HttpOptions::Trace trace_of(plan::HttpDebug debug) {
  using Trace = net::HttpOptions::Trace;
  if (debug == plan::HttpDebug::kOff) return Trace::kNothing;
  return debug == plan::HttpDebug::kHeaders ? Trace::kHeaders : Trace::kBodies;
}

void log_exchange(const net::HttpExchange& exchange, Verdict verdict, plan::HttpDebug debug) {
  const bool failed = exchange.status == 0 || verdict == Verdict::kUnexpected;
  if (debug == plan::HttpDebug::kOff || (debug == plan::HttpDebug::kFailed && !failed)) return;
  log_line(LogLevel::kInfo, "Request:\n" + exchange.sent_text, kHttpDebug);
  log_line(LogLevel::kInfo, "Response:\n" + exchange.received_text, kHttpDebug);
}

void warn_of_redirects(const net::HttpResult& result) {
  log_warning(
      "Stopped after {} redirects and returned the redirection; pass {{ redirects: n }} in request "
      "params or set global maxRedirects to silence this",
      result.exchanges.size());
}

/// An answer that asks for credentials is what the next exchange needs.
Verdict judge(const net::HttpExchange& exchange, const script::StatusSet* expected) {
  if (expected == nullptr) return Verdict::kNone;
  const bool is_expected = exchange.challenge || expected->contains(exchange.status);
  return is_expected ? Verdict::kExpected : Verdict::kUnexpected;
}

/// So that a run's series take about a gigabyte at most. Many workers have more series together:
/// what each sees has to be worth telling apart.
void limit_series(const metrics::Registry& registry, const plan::Plan& plan,
                  metrics::TagTable& tags, metrics::Shard& shard, std::uint32_t workers) {
  constexpr std::size_t kOfRun = 100'000;
  constexpr std::size_t kOfWorker = 10'000;
  const std::size_t most = std::max(kOfRun / workers, kOfWorker);
  tags.limit(most);
  shard.limit_series(most);
  for (const std::string& name : plan.no_metrics) shard.leave_out(registry.find(name)->id);
}

}  // namespace

Result<std::unique_ptr<VuEngine>> VuEngine::create(const SharedParts& shared) {
  auto loop = net::EventLoop::create(shared.clock);
  if (!loop.ok()) return loop.error();
  std::unique_ptr<VuEngine> engine(new VuEngine(shared, std::move(loop).value()));
  auto runtime = script::Runtime::create(*engine, shared.script, shared.store);
  if (!runtime.ok()) return runtime.error();
  engine->runtime_ = std::move(runtime).value();
  engine->health_.emplace(*engine->loop_, engine->runtime_->collections());
  return engine;
}

VuEngine::VuEngine(const SharedParts& shared, std::unique_ptr<net::EventLoop> loop)
    : shared_(shared), shard_(shared.registry, tags_), loop_(std::move(loop)) {
  loop_->set_drive(on_drive, this);
}

VuEngine::~VuEngine() = default;

Result<void> VuEngine::join(RunParts& run, std::uint32_t worker) {
  run_ = &run;
  worker_ = worker;
  const plan::Plan& plan = run.plan;
  auto http =
      net::HttpClient::create(*loop_, {.user_agent = plan.user_agent,
                                       .insecure_skip_tls_verify = plan.insecure_skip_tls_verify,
                                       .tls = tls_settings(plan.tls),
                                       .no_connection_reuse = plan.no_connection_reuse,
                                       .trace = trace_of(plan.http_debug),
                                       .proxies = run.proxies,
                                       .max_decompressed_body = plan.max_decompressed_body,
                                       .dial = dial_rules(plan),
                                       .resolver = run.resolver,
                                       .local_addresses = plan.addresses.local,
                                       .seed = seed()});
  if (!http.ok()) return http.error();
  http_ = std::move(http).value();
  limit_series(shared_.registry, plan, tags_, shard_, run.workers);
  const SystemTags system_tags(plan);
  recorder_ = std::make_unique<HttpRecorder>(tags_, shard_, system_tags);
  runtime_->settings = {.max_redirects = plan.max_redirects,
                        .http_version = plan.http_version,
                        .max_redirects_given = plan.max_redirects_given,
                        .discard_response_bodies = plan.discard_response_bodies,
                        .no_cookies_reset = plan.no_cookies_reset,
                        .throw_errors = plan.throw_errors,
                        .tag_groups = system_tags.group,
                        .tag_checks = system_tags.check,
                        .tag_vus = system_tags.vu,
                        .tag_iterations = system_tags.iter};
  if (run.keep_samples) shard_.keep_samples();
  return {};
}

Result<std::unique_ptr<script::VuScript>> VuEngine::init_script(std::uint64_t id) {
  return script::VuScript::create(*runtime_, id);
}

VirtualUser& VuEngine::add_vu(std::unique_ptr<script::VuScript> script) {
  return vus_.emplace_back(*this, std::move(script));
}

void VuEngine::call(VirtualUser& vu, const std::string& exec, script::Stage stage,
                    CallListener listener) {
  vu.listener = listener;
  announce(vu);
  settle(vu, vu.script->start(exec, stage));
}

/// Says whose script runs, for whoever wonders why the loop stands still, and whose samples come.
void VuEngine::announce(const VirtualUser& vu) {
  LiveWorker& live = run_->live.worker(worker_);
  live.vu.store(vu.script->id(), std::memory_order_relaxed);
  live.iteration.store(vu.script->iteration().of_vu, std::memory_order_relaxed);
  attribute_samples(vu);
}

void VuEngine::attribute_samples(const VirtualUser& vu) {
  if (shard_.keeps_samples()) shard_.set_metadata(vu.script->sample_metadata());
}

void VuEngine::settle(VirtualUser& vu, Outcome outcome) {
  if (outcome == Outcome::kSuspended) return;
  if (outcome == Outcome::kFailed && runtime_->memory().take_exceeded()) recover_memory();
  vu.listener.on_end(vu.listener.context, vu, outcome == Outcome::kFailed);
}

/// A VU that kept too much has lost what its iteration held. What globals hold stays: then the run
/// is over.
void VuEngine::recover_memory() {
  const script::LuaMemory& memory = runtime_->memory();
  if (runtime_->memory().recover()) return;
  run_->events.push(
      {.kind = Event::Kind::kAborted,
       .worker = worker_,
       .result = Error{ExitCode::kScriptException,
                       fmt::format("worker {}: the script's globals hold {} of {} MB and the "
                                   "collector cannot free them: the test cannot go on",
                                   worker_, memory.used() >> 20, memory.limit() >> 20)}});
}

void VuEngine::record_bytes(VirtualUser& vu, metrics::SeriesId sent, metrics::SeriesId received,
                            TimePoint now) {
  shard_.record(sent, static_cast<double>(std::exchange(vu.bytes_sent, 0)), now);
  shard_.record(received, static_cast<double>(std::exchange(vu.bytes_received, 0)), now);
}

void VuEngine::interrupt(VirtualUser& vu) {
  attribute_samples(vu);  // those of what it had sent and received
  vu.script->abandon();
}

namespace {

VirtualUser& user_of(script::Task& task) { return *static_cast<VirtualUser*>(task.vu().owner()); }

}  // namespace

void VuEngine::start_sleep(script::Task& task, Nanoseconds duration) {
  cancel(task);
  task.operation.kind = Operation::Kind::kSleep;
  task.operation.timer = loop_->run_after_coarse(duration, on_wake_up, &task);
}

void VuEngine::on_wake_up(void* context) {
  auto& task = *static_cast<script::Task*>(context);
  VirtualUser& vu = user_of(task);
  vu.engine.announce(vu);
  vu.engine.settle(vu, vu.script->resume(task));
}

void VuEngine::start_http(script::Task& task) {
  cancel(task);
  task.operation.kind = Operation::Kind::kHttp;
  task.operation.call_tags = task.call.tags;
  task.operation.call_name = std::move(task.call.name);
  task.operation.expected = task.call.expected;
  task.operation.redirects_given = task.call.redirects_given;
  VirtualUser& vu = user_of(task);
  task.operation.start_lag = vu.start_lag;
  if (vu.start_lag) vu.start_lag = 0ns;
  if (run_->rate_limit && wait_for_turn(task)) return;
  send(task);
}

// As in k6: what is spent in the line is neither in the request's timings nor in its timeout, and
// redirects and answers to challenges do not queue again.
bool VuEngine::wait_for_turn(script::Task& task) {
  const TimePoint now = shared_.clock.now();
  task.operation.turn = run_->rate_limit->take(now);
  if (task.operation.turn <= now) return false;
  task.operation.kind = Operation::Kind::kQueued;
  task.operation.timer = loop_->run_at(task.operation.turn, on_turn, &task);
  return true;
}

void VuEngine::on_turn(void* context) {
  auto& task = *static_cast<script::Task*>(context);
  task.operation.kind = Operation::Kind::kHttp;
  user_of(task).engine.send(task);
}

void VuEngine::send(script::Task& task) {
  VirtualUser& vu = user_of(task);
  if (!vu.session) vu.session.emplace(*http_, vu.script->id(), vu.iterations);
  http_->start(*vu.session, std::move(task.call.request), on_response, &task);
}

void VuEngine::on_response(void* context, net::HttpResult& result) {
  auto& task = *static_cast<script::Task*>(context);
  VirtualUser& vu = user_of(task);
  vu.engine.announce(vu);
  for (const net::HttpExchange& exchange : result.exchanges) {
    if (!exchange.error.empty()) log_failure(exchange);
    const Verdict verdict = judge(exchange, task.operation.expected);
    log_exchange(exchange, verdict, vu.engine.plan().http_debug);
    vu.engine.recorder_->record(exchange, task.operation.call_tags, task.operation.call_name,
                                verdict, task.operation.start_lag);
    if (task.operation.start_lag) task.operation.start_lag = 0ns;  // redirects did not wait
    vu.bytes_sent += exchange.bytes_sent;
    vu.bytes_received += exchange.bytes_received;
  }
  if (result.too_many_redirects && !task.operation.redirects_given) warn_of_redirects(result);
  vu.engine.settle(vu, vu.script->resume(task, result));
}

/// A script can go on without waiting for what it started, when a coroutine between two others
/// swallows the yield: then the operation is dropped when the next one starts.
void VuEngine::cancel(script::Task& task) {
  if (task.operation.kind == Operation::Kind::kSleep) loop_->cancel(task.operation.timer);
  if (task.operation.kind == Operation::Kind::kQueued) {
    loop_->cancel(task.operation.timer);
    run_->rate_limit->give_back(task.operation.turn);
  }
  if (task.operation.kind == Operation::Kind::kHttp) http_->cancel(*user_of(task).session, &task);
  task.operation.kind = Operation::Kind::kNothing;
}

void VuEngine::abort_test(std::string reason) {
  run_->events.push({.kind = Event::Kind::kAborted,
                     .worker = worker_,
                     .result = Error{ExitCode::kScriptAborted, std::move(reason)}});
}

void VuEngine::fail_test() {
  run_->events.push({.kind = Event::Kind::kMarkedAsFailed, .worker = worker_});
}

script::InstanceInfo VuEngine::instance() const {
  if (run_ == nullptr) return {};  // the first init
  const LiveTotals totals = run_->live.totals();
  const TimePoint start = run_->times.start.load();
  return {.elapsed = start == TimePoint{} ? 0ns : shared_.clock.now() - start,
          .completed = totals.completed,
          .interrupted = totals.interrupted,
          .active_vus = totals.active_vus,
          .initialised_vus = run_->live.initialised_vus()};
}

script::ScenarioInfo VuEngine::scenario(std::size_t index) const {
  const plan::Scenario& scenario = run_->plan.scenarios[index];
  const RunTimes& times = run_->times;
  const Nanoseconds elapsed = shared_.clock.now() - (times.scenarios.load() + scenario.start_time);
  const Nanoseconds wall = times.scenarios_wall.load() + scenario.start_time;
  return {.start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count(),
          .elapsed = elapsed,
          .progress = progress_of(scenario, run_->live.scenario(index).completed, elapsed)};
}

const plan::Plan& VuEngine::plan() const {
  LOADRUN_CHECK(run_ != nullptr);
  return run_->plan;
}

void VuEngine::defer(net::Callback callback, void* context) {
  deferred_.push_back({callback, context});
}

void VuEngine::on_drive(void* self) { static_cast<VuEngine*>(self)->drive(); }

/// Deferred work first, since it starts requests; then the requests. What that defers runs in the
/// next turn, after the loop looked at its descriptors: iterations without I/O must not starve the
/// others.
void VuEngine::drive() {
  std::swap(deferred_, running_deferred_);
  for (const Deferred& work : running_deferred_) work.callback(work.context);
  running_deferred_.clear();
  if (http_ != nullptr) http_->drive();
  if (!deferred_.empty())
    loop_->run_at(
        loop_->now(), [](void*) {}, nullptr);
}

}  // namespace loadrun::run
