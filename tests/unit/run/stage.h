#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "run/run_parts.h"
#include "run/scenario_runner.h"
#include "run/vu_engine.h"
#include "run/vu_supply.h"
#include "support/manual_clock.h"
#include "support/measured.h"

namespace loadrun::test {

/// The only worker of a run, on a virtual clock that only the test moves: in small steps, and all
/// that is due is done before it goes on.
class VirtualWorker {
 public:
  /// `source` is the script, `options` the JSON of its options; the clock goes by `step`. Makes
  /// `vus` VUs, or with kAsPlanned as many as the plan reserves.
  VirtualWorker(std::string source, const std::string& options, Nanoseconds step, std::int64_t vus);

  static constexpr std::int64_t kAsPlanned = -1;

  void advance(Nanoseconds duration);
  /// Does what is due, deferred work included.
  void settle();

  ManualClock clock;
  std::unique_ptr<run::VuSupply> pool;

 protected:
  const plan::Plan& plan() const { return plan_; }
  run::RunParts& run() { return run_; }
  const run::RunParts& run() const { return run_; }
  run::VuEngine& engine() { return *engine_; }
  ShardReader& reader() { return *reader_; }

 private:
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig config_;
  plan::Plan plan_;
  run::EventQueue events_;
  run::RunParts run_;
  Nanoseconds step_;
  std::unique_ptr<run::VuEngine> engine_;
  std::unique_ptr<ShardReader> reader_;
};

/// Closed scenarios on a virtual clock, in steps of 10 ms.
class Stage : public VirtualWorker {
 public:
  /// `iteration` and `prepare` are Lua code; `scenarios` the JSON of the option and `more` that of
  /// others, e.g.
  /// `"paused":true`. `vus` are made.
  explicit Stage(const std::string& iteration, const std::string& scenarios, std::int64_t vus = 4,
                 const std::string& more = "", const std::string& prepare = "");

  /// Starts the slice of `scenario` of worker `worker` of `workers`.
  run::ScenarioRunner& start(std::size_t scenario = 0, std::uint32_t worker = 0,
                             std::uint32_t workers = 1);
  /// Lets the clock run: all runners start now.
  void begin();

  const run::LiveCounters& live(std::size_t runner = 0) const { return live_[runner]; }
  ShardReader& measured() { return reader(); }
  double sum(std::string_view metric) { return sum_of(reader().take(), metric); }

  int finished = 0;  ///< Runners that said so.

 private:
  std::deque<run::ScenarioShared> shared_;
  std::deque<run::LiveCounters> live_;
  std::deque<run::ScenarioRunner> runners_;
};

/// {active VUs, started, completed, interrupted}.
using Counts = std::vector<std::int64_t>;
inline Counts counts(const run::LiveCounters& live) {
  return {live.active_vus, live.started, live.completed, live.interrupted};
}

}  // namespace loadrun::test
