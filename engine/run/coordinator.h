#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "metrics/health.h"
#include "report/progress_display.h"
#include "run/machine_watch.h"
#include "run/measurements.h"
#include "run/progress_source.h"
#include "run/run_parts.h"
#include "run/signals.h"
#include "run/stall_watch.h"
#include "run/worker.h"

namespace loadrun::run {

/// How a run ended.
struct RunResult {
  ExitCode code = ExitCode::kOk;
  std::string reason;                     ///< Of that code, as it was logged; "" with kOk.
  Nanoseconds elapsed{0};                 ///< From the start of setup to the end of teardown.
  std::optional<std::string> setup_data;  ///< JSON, when setup returned something.
  metrics::Health health;                 ///< Of this generator.
};

/// What came of handleSummary.
struct SummaryCall {
  /// kDefault: the function raised or returned nil; the default summary takes its place, as in k6.
  /// kNothing: it took too long or returned what is no summary; k6 then shows none.
  enum class Outcome { kReturned, kDefault, kNothing };
  Outcome outcome = Outcome::kNothing;
  script::SummaryTexts texts = {};  ///< Of kReturned.
};

/// Leads a run through its life cycle, on the main thread. The first cause that ends a run decides
/// its exit code; what comes later is only logged.
///
///   phase     | done      | error       | timeout  | test.abort     | signal         | threshold
///   abort
///   ----------+-----------+-------------+----------+----------------+----------------+----------------
///   init      | paused    | end, 107    | -        | end, 108       | end, 105       | -
///   paused    | setup     | -           | -        | -              | end, 105       | -
///   setup     | scenarios | end, 107    | end, 100 | end, 108       | end, 105       | -
///   scenarios | teardown  | logged      | -        | teardown, 108  | teardown, 105  | teardown,
///   99 teardown  | summary   | end, 107    | end, 101 | end, 108       | end, 105       | -
///   summary   | end       | default text| no text  | default text   | default text   | -
///
/// "end" goes to the summary of what ran; leaving scenarios early interrupts their iterations. At
/// the end come, in this order, failed thresholds (99), test.fail (110), both k6's, and what k6
/// ends with 0: iterations that all raised (107). A second signal ends the process at once. A
/// worker whose script does not come back is stopped or, if it cannot be, left behind with the
/// samples it had handed over (see StallWatch).
class Coordinator {
 public:
  /// References outlive this; the caller owns the run.
  struct Parts {
    const Clock& clock;
    bool has_setup;
    bool has_teardown;
    std::vector<std::unique_ptr<Worker>>& workers;
    RunParts& run;
    Measurements& measurements;
    report::ProgressDisplay& display;
    Signals& signals;
  };

  explicit Coordinator(const Parts& parts);

  /// Runs the test up to its summary. The workers are launched here.
  RunResult run();
  /// Has the script's handleSummary called with `data` (JSON). REQUIRES: run() has returned.
  SummaryCall handle_summary(std::string data);
  /// Ends the workers. False when one of them could not be ended: its thread still runs, and the
  /// process has to be left without waiting for it. REQUIRES: run() has returned.
  bool stop_workers();

  /// The exit code as it is now: a signal may come after run().
  ExitCode code() const { return cause_.value_or(ExitCode::kOk); }
  /// What decided that code, e.g. "test aborted: no stock"; "" when nothing did.
  const std::string& reason() const { return reason_; }
  /// How far the run has come.
  report::Progress progress() const;

 private:
  enum class Phase { kInit, kPaused, kSetup, kScenarios, kTeardown, kSummary, kEnded };
  enum class Waited { kDone, kEnded, kTimeout };

  void initialise();
  void wait_while_paused();
  void set_up();
  void run_scenarios();
  void tear_down();
  void collect_rests();
  void judge();
  void call(const char* exec, script::Stage stage, Nanoseconds timeout, ExitCode timeout_code);
  Waited await_call(const char* exec, script::Stage stage, Nanoseconds timeout);
  std::uint32_t first_worker() const;
  std::set<std::uint32_t> all_workers() const;
  void post(Command::Kind kind);
  /// Handles events and ticks until each of `workers` that is not lost has sent an event of `kind`;
  /// kTimeout when `deadline` passed before, kEnded when a cause ended the run meanwhile.
  Waited wait_for(Event::Kind kind, std::set<std::uint32_t> workers,
                  std::optional<TimePoint> deadline = std::nullopt);
  void wait_a_little();
  void take_events();
  void take_event(Event& event);
  void take_result(Event& event);
  void tick();
  void sample(TimePoint now);
  void look_at_machine(TimePoint now);
  void end_scenarios();
  void evaluate_thresholds(TimePoint now);
  void end_with(ExitCode code, const std::string& message);
  void log(const std::string& message);

  Parts parts_;
  const plan::Plan& plan_;
  ProgressSource progress_;
  StallWatch stalls_;
  MachineWatch machine_;
  Phase phase_ = Phase::kInit;
  std::optional<ExitCode> cause_;
  std::string reason_;
  bool signal_handled_ = false;
  bool marked_as_failed_ = false;
  bool cancelling_ = false;  // how the call in progress ends does not matter any more
  Event::Kind awaited_kind_ = Event::Kind::kPrepared;
  std::set<std::uint32_t> awaited_;  // workers whose event is to come
  TimePoint start_{}, scenarios_end_{}, next_sample_{}, next_evaluation_{};
  std::shared_ptr<const std::string> argument_;  // setup's data for everybody
  std::optional<script::SummaryTexts> texts_;
  std::optional<Error> summary_error_;
  RunResult result_;
};

}  // namespace loadrun::run
