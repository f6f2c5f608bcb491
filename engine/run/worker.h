#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "metrics/delta.h"
#include "run/live_counters.h"
#include "run/mailbox.h"
#include "run/scenario_runner.h"
#include "run/vu_engine.h"
#include "run/worker_messages.h"

namespace loadrun::run {

/// What all workers of a run look at. Outlives them.
struct RunParts {
  const plan::Plan& plan;
  std::vector<plan::Striping> stripings;  ///< Per scenario.
  std::uint32_t workers;
  std::deque<ScenarioShared> scenarios;  ///< Per scenario.
  EventQueue& events;
};

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

  /// Starts the thread. `parts` outlives it.
  void launch(RunParts& parts);
  /// Thread-safe.
  void post(Command command);
  /// Waits for the thread after kQuit.
  void join();

  /// What was measured since the last call, or nothing. Thread-safe for one reader; give it back
  /// through recycle().
  std::unique_ptr<metrics::Delta> take_delta() { return outbox_.take(); }
  void recycle(std::unique_ptr<metrics::Delta> emptied);
  /// The rest, once the thread was joined.
  metrics::Delta take_rest();

  /// Per scenario. Thread-safe to read.
  const std::deque<LiveCounters>& live() const { return live_; }
  /// Number of VUs made. Thread-safe.
  std::int64_t initialised_vus() const { return initialised_vus_.load(std::memory_order_relaxed); }

 private:
  Worker(std::unique_ptr<VuEngine> engine, std::uint32_t index);
  void run_thread();
  void obey(Command& command);
  Result<std::string> prepare();
  Result<std::string> make_vus();
  void call(const Command& command);
  void end_call(bool failed);
  void start_scenarios(const Command& command);
  void scenario_finished();
  void hand_over();
  void arm_tick();

  const std::uint32_t index_;
  RunParts* parts_ = nullptr;  // set by launch
  std::unique_ptr<VuEngine> engine_;
  std::unique_ptr<script::VuScript> system_script_;  // VU 0 until it gets connections
  VirtualUser* system_vu_ = nullptr;
  bool calling_ = false;
  std::vector<VirtualUser*> vus_;
  VuPool pool_;
  std::deque<LiveCounters> live_;
  std::deque<ScenarioRunner> runners_;
  std::size_t unfinished_runners_ = 0;
  bool quit_ = false;
  std::atomic<std::int64_t> initialised_vus_{0};
  std::atomic<bool> leaving_{false};  // kQuit was posted: an init of many VUs ends early
  Queue<Command> commands_;
  Mailbox<metrics::Delta> outbox_, recycled_;
  std::thread thread_;
};

}  // namespace loadrun::run
