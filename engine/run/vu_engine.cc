#include "run/vu_engine.h"

#include "base/log.h"

namespace loadrun::run {

using script::Outcome;

namespace {

/// As k6 does for every request without a response.
void log_failure(const net::HttpExchange& exchange) {
  log_warning("Request Failed: {} {}: {}", exchange.method, mask_userinfo(exchange.url),
              exchange.error);
}

}  // namespace

Result<std::unique_ptr<VuEngine>> VuEngine::create(const SharedParts& shared) {
  auto loop = net::EventLoop::create(shared.clock);
  if (!loop.ok()) return loop.error();
  std::unique_ptr<VuEngine> engine(new VuEngine(shared, std::move(loop).value()));
  auto runtime = script::Runtime::create(*engine, shared.script, shared.store);
  if (!runtime.ok()) return runtime.error();
  engine->runtime_ = std::move(runtime).value();
  return engine;
}

VuEngine::VuEngine(const SharedParts& shared, std::unique_ptr<net::EventLoop> loop)
    : shared_(shared), shard_(shared.registry, tags_), loop_(std::move(loop)) {
  loop_->set_drive(on_drive, this);
}

VuEngine::~VuEngine() = default;

Result<void> VuEngine::configure(const plan::Plan& plan) {
  auto http =
      net::HttpClient::create(*loop_, {.user_agent = plan.user_agent,
                                       .insecure_skip_tls_verify = plan.insecure_skip_tls_verify,
                                       .no_connection_reuse = plan.no_connection_reuse});
  if (!http.ok()) return http.error();
  http_ = std::move(http).value();
  const SystemTags system_tags(plan);
  recorder_ = std::make_unique<HttpRecorder>(tags_, shard_, system_tags);
  runtime_->settings = {.max_redirects = plan.max_redirects,
                        .discard_response_bodies = plan.discard_response_bodies,
                        .throw_errors = plan.throw_errors,
                        .tag_groups = system_tags.group,
                        .tag_checks = system_tags.check};
  return {};
}

Result<std::unique_ptr<script::VuScript>> VuEngine::init_script(std::uint64_t id) {
  return script::VuScript::create(*runtime_, id);
}

VirtualUser& VuEngine::add_vu(std::unique_ptr<script::VuScript> script) {
  return vus_.emplace_back(*this, std::move(script), *http_);
}

void VuEngine::call(VirtualUser& vu, const std::string& exec, script::Stage stage,
                    CallListener listener) {
  vu.listener = listener;
  calling_ = &vu;
  settle(vu, vu.script->start(exec, stage));
}

void VuEngine::settle(VirtualUser& vu, Outcome outcome) {
  calling_ = nullptr;
  if (outcome == Outcome::kSuspended) return;
  // A script can fail after it started an operation: when a C function between two coroutines
  // cannot be suspended.
  interrupt(vu);
  vu.listener.on_end(vu.listener.context, vu, outcome == Outcome::kFailed);
}

void VuEngine::interrupt(VirtualUser& vu) {
  cancel_pending(vu);
  vu.script->abandon();
}

/// A script can go on without waiting for what it started, when a coroutine between two others
/// swallows the yield: the operation is dropped, a VU has one at a time.
void VuEngine::cancel_pending(VirtualUser& vu) {
  if (vu.pending == Pending::kSleep) loop_->cancel(vu.timer);
  if (vu.pending == Pending::kHttp) http_->cancel(*vu.session);
  vu.pending = Pending::kNothing;
}

void VuEngine::start_sleep(script::VuScript&, Nanoseconds duration) {
  VirtualUser& vu = *calling_;
  cancel_pending(vu);
  vu.pending = Pending::kSleep;
  vu.timer = loop_->run_after_coarse(duration, on_wake_up, &vu);
}

void VuEngine::on_wake_up(void* context) {
  auto& vu = *static_cast<VirtualUser*>(context);
  vu.pending = Pending::kNothing;
  vu.engine.calling_ = &vu;
  vu.engine.settle(vu, vu.script->resume());
}

void VuEngine::start_http(script::VuScript&, script::HttpCall& call) {
  VirtualUser& vu = *calling_;
  cancel_pending(vu);
  vu.pending = Pending::kHttp;
  vu.call_tags = call.tags;
  vu.call_name = std::move(call.name);
  http_->start(*vu.session, std::move(call.request), on_response, &vu);
}

void VuEngine::on_response(void* context, net::HttpResult& result) {
  auto& vu = *static_cast<VirtualUser*>(context);
  vu.pending = Pending::kNothing;
  for (const net::HttpExchange& exchange : result.exchanges) {
    if (!exchange.error.empty()) log_failure(exchange);
    vu.engine.recorder_->record(exchange, vu.call_tags, vu.call_name);
    vu.bytes_sent += exchange.bytes_sent;
    vu.bytes_received += exchange.bytes_received;
  }
  vu.engine.calling_ = &vu;
  vu.engine.settle(vu, vu.script->resume(result));
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
