#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "report/progress_display.h"
#include "run/measurements.h"
#include "run/progress_source.h"
#include "run/signals.h"
#include "run/worker.h"

namespace loadrun::run {

/// How a run ended.
struct RunResult {
  ExitCode code = ExitCode::kOk;
  Nanoseconds elapsed{0};                 ///< From the start of setup to the end of teardown.
  std::optional<std::string> setup_data;  ///< JSON, when setup returned something.
};

/// Leads a run through its life cycle, on the main thread. The first cause that ends a run decides
/// its exit code.
///
///   phase     | done        | error           | timeout         | signal               | threshold
///   abort
///   ----------+-------------+-----------------+-----------------+----------------------+----------------
///   init      | setup       | end, 107        | -               | end, 105             | -
///   setup     | scenarios   | end, 107        | end, 100        | end, 105             | end, 99
///   scenarios | teardown    | (logged only)   | -               | abort, teardown, 105 | abort,
///   teardown, 99 teardown  | end         | end, 107        | end, 101        | end, 105 | -
///
/// "end" always writes the summary of what ran. A second signal exits the process at once.
class Coordinator {
 public:
  /// References outlive this; the caller owns the run.
  struct Parts {
    const Clock& clock;
    const plan::Plan& plan;
    bool has_setup;
    bool has_teardown;
    std::vector<std::unique_ptr<Worker>>& workers;
    RunParts& run;
    Measurements& measurements;
    report::ProgressDisplay& display;
    Signals& signals;
  };

  explicit Coordinator(const Parts& parts);

  /// Runs the test. The workers are launched and joined here.
  RunResult run();
  /// How far the run has come.
  report::Progress progress() const;

 private:
  enum class Phase { kInit, kSetup, kScenarios, kTeardown, kEnded };

  void initialise();
  void set_up();
  void run_scenarios();
  void tear_down();
  void stop_workers();
  void call(const char* exec, script::Stage stage, Nanoseconds timeout, ExitCode timeout_code);
  /// Handles events and ticks until `count` reaches `target`; false when `deadline` passed or a new
  /// cause ended the run.
  bool wait_for(const std::size_t& count, std::size_t target,
                std::optional<TimePoint> deadline = std::nullopt);
  void take_events();
  void take_event(Event& event);
  void tick();
  void evaluate_thresholds(TimePoint now);
  void end_with(ExitCode code, const std::string& message);
  void finish_thresholds();

  Parts parts_;
  ProgressSource progress_;
  Phase phase_ = Phase::kInit;
  std::optional<ExitCode> cause_;
  bool signal_handled_ = false;
  std::size_t prepared_ = 0, calls_ended_ = 0, scenarios_ended_ = 0;
  TimePoint start_{}, scenarios_start_{}, next_vus_sample_{}, next_evaluation_{};
  std::shared_ptr<const std::string> setup_data_;
  RunResult result_;
};

}  // namespace loadrun::run
