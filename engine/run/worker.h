#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "metrics/delta.h"
#include "metrics/health.h"
#include "run/arrival_runner.h"
#include "run/health_series.h"
#include "run/mailbox.h"
#include "run/run_parts.h"
#include "run/scenario_runner.h"
#include "run/vu_engine.h"
#include "run/worker_messages.h"

namespace loadrun::run {

/// A worker's slice of a scenario.
using Runner = std::variant<ScenarioRunner, ArrivalRunner>;

/// One thread with its share of the VUs. Everything in it is confined to that thread, except what
/// says otherwise.
class Worker {
 public:
  /// Compiles the script for this worker. Fails with its syntax errors.
  static Result<std::unique_ptr<Worker>> create(const SharedParts& shared, std::uint32_t index);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs the script's first init, as VU 0, and says what it exports. On worker 0 only, before
  /// launch().
  Result<script::Exports> load();

  /// Starts the thread. `run` outlives it.
  void launch(RunParts& run);
  /// Thread-safe.
  void post(Command command);
  /// Waits for the thread after kQuit.
  void join();

  /// Stops or locates what its script does. Thread-safe as it says.
  script::Interrupter& interrupter() const { return engine_->interrupter(); }

  /// Bytes that its scripts hold. Thread-safe.
  std::size_t lua_memory() const { return engine_->lua_memory().used(); }

  /// The seconds that were handed over since the last call, or nothing. Thread-safe for one reader;
  /// give it back through recycle().
  std::unique_ptr<metrics::HandOver> take_measured() { return outbox_.take(); }
  void recycle(std::unique_ptr<metrics::HandOver> emptied);

 private:
  Worker(std::unique_ptr<VuEngine> engine, std::uint32_t index);
  void run_thread();
  void obey(Command& command);
  Result<std::string> prepare();
  void call(const Command& command);
  Result<VirtualUser*> vu_for(script::Stage stage);
  VirtualUser& add_system_vu(std::unique_ptr<script::VuScript> script);
  void end_call(bool failed);
  void record_bytes(VirtualUser& vu);
  void add_runner(std::size_t scenario);
  void start_scenarios(const Command& command);
  void scenario_finished();
  void hand_over();
  void hand_over_rest();
  void count_folded();
  void record_health();
  void fill(metrics::HandOver& measured);
  void arm_tick();

  const std::uint32_t index_;
  RunParts* run_ = nullptr;  // set by launch
  std::unique_ptr<VuEngine> engine_;
  std::unique_ptr<script::VuScript> system_script_;  // VU 0 until it gets connections
  VirtualUser* system_vu_ = nullptr;                 // runs setup and teardown
  VirtualUser* called_vu_ = nullptr;                 // while it runs a kCall
  VuSupply vus_;
  std::deque<Runner> runners_;  // by scenario
  std::size_t unfinished_runners_ = 0;
  bool handed_over_ = false;  // the last delta is out
  bool quit_ = false;
  std::atomic<bool> leaving_{false};  // kQuit was posted: an init of many VUs ends early
  Queue<Command> commands_;
  std::optional<TimePoint> start_;  // of the scenarios
  std::optional<HealthSeries> health_series_;
  std::vector<metrics::WorkerSecond> notable_;  // to be handed over
  Mailbox<metrics::HandOver> outbox_, recycled_;
  std::thread thread_;
};

}  // namespace loadrun::run
