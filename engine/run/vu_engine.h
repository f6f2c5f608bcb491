#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/tags.h"
#include "net/event_loop.h"
#include "net/http_client.h"
#include "plan/plan.h"
#include "run/http_recorder.h"
#include "run/run_parts.h"
#include "run/virtual_user.h"
#include "run/worker_health.h"
#include "script/host.h"
#include "script/runtime.h"

namespace loadrun::run {

/// What all workers share: read-only, or thread-safe by itself. Outlives the workers.
struct SharedParts {
  const Clock& clock;
  metrics::Registry& registry;
  script::SharedStore& store;
  const script::RuntimeConfig& script;
};

/// Executes virtual users on one event loop: starts their functions, suspends them while they sleep
/// or wait for a response, resumes them, records what they measure. Knows nothing of schedules.
/// Confined to its worker.
class VuEngine final : public script::Host {
 public:
  /// Compiles the script. Fails with the script's syntax errors (kScriptException).
  static Result<std::unique_ptr<VuEngine>> create(const SharedParts& shared);
  ~VuEngine() override;
  VuEngine(const VuEngine&) = delete;
  VuEngine& operator=(const VuEngine&) = delete;

  /// Makes it worker `worker` of a run, which outlives it: opens the HTTP client with the plan's
  /// options. Once, before VUs are made.
  Result<void> join(RunParts& run, std::uint32_t worker);
  /// Runs the script's init code as VU `id`. The VU lives as long as the engine.
  Result<std::unique_ptr<script::VuScript>> init_script(std::uint64_t id);
  /// Makes a VU of an initialised script. REQUIRES: joined a run.
  VirtualUser& add_vu(std::unique_ptr<script::VuScript> script);

  /// Calls the exported function `exec`; `listener` hears of the end, possibly before this returns.
  void call(VirtualUser& vu, const std::string& exec, script::Stage stage, CallListener listener);
  /// Drops what the VU is doing; its listener hears nothing.
  void interrupt(VirtualUser& vu);

  /// Records what the VU's requests sent and received since the last time.
  void record_bytes(VirtualUser& vu, metrics::SeriesId sent, metrics::SeriesId received,
                    TimePoint now);

  /// What became of all requests so far.
  metrics::RequestBalance request_balance() const;

  /// Closes the VU's connections. REQUIRES: it has no request in flight.
  void close_connections(VirtualUser& vu) { vu.session.reset(); }

  /// Runs `callback(context)` later in this turn or in the next: for what must not nest, like
  /// iteration after iteration.
  void defer(net::Callback callback, void* context);
  /// One turn of the loop.
  void turn() { loop_->turn(); }

  net::EventLoop& loop() { return *loop_; }
  std::uint64_t seed() const { return shared_.script.seed; }
  script::Interrupter& interrupter() { return runtime_->interrupter(); }
  WorkerHealth& health() { return *health_; }
  script::LuaMemory& lua_memory() { return runtime_->memory(); }

  // script::Host
  TimePoint now() const override { return shared_.clock.now(); }
  Nanoseconds wall() const override { return shared_.clock.wall(); }
  TimePoint turn_time() const override { return loop_->now(); }
  void start_sleep(script::Task& task, Nanoseconds duration) override;
  void start_http(script::Task& task) override;
  void cancel(script::Task& task) override;
  void ran(const script::Task& task, Nanoseconds slice) override { health_->ran(task, slice); }
  void abort_test(std::string reason) override;
  void fail_test() override;
  script::InstanceInfo instance() const override;
  script::ScenarioInfo scenario(std::size_t scenario) const override;
  const plan::Plan& plan() const override;
  metrics::Registry& registry() override { return shared_.registry; }
  metrics::TagTable& tags() override { return tags_; }
  metrics::Shard& shard() override { return shard_; }

 private:
  struct Deferred {
    net::Callback callback;
    void* context;
  };

  VuEngine(const SharedParts& shared, std::unique_ptr<net::EventLoop> loop);
  void announce(const VirtualUser& vu);
  void attribute_samples(const VirtualUser& vu);
  void settle(VirtualUser& vu, script::Outcome outcome);
  void recover_memory();
  void drive();
  bool wait_for_turn(script::Task& task);
  void send(script::Task& task);
  static void on_turn(void* task);
  static void on_drive(void* self);
  static void on_wake_up(void* task);
  static void on_response(void* task, net::HttpResult& result);

  SharedParts shared_;
  metrics::TagTable tags_;
  metrics::Shard shard_;
  std::unique_ptr<net::EventLoop> loop_;
  std::unique_ptr<net::HttpClient> http_;  // before the VUs: their sessions refer to it
  std::unique_ptr<HttpRecorder> recorder_;
  std::unique_ptr<script::Runtime> runtime_;  // before the VUs: their scripts refer to it
  std::optional<WorkerHealth> health_;        // set by create
  std::deque<VirtualUser> vus_;
  std::vector<Deferred> deferred_, running_deferred_;
  RunParts* run_ = nullptr;
  std::uint32_t worker_ = 0;  // in the run
};

}  // namespace loadrun::run
