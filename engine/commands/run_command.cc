#include "commands/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/cpus.h"
#include "base/leave.h"
#include "base/random.h"
#include "commands/option_layers.h"
#include "commands/results.h"
#include "commands/script_source.h"
#include "net/limits.h"
#include "report/banner.h"
#include "report/print.h"
#include "run/coordinator.h"
#include "run/first_init.h"

namespace loadrun::commands {
namespace {

/// The objects of one run, in the order in which they depend on each other.
class TestRun {
 public:
  explicit TestRun(const RunArguments& arguments) : arguments_(arguments) {}

  Result<void> prepare();
  ExitCode execute();

 private:
  Result<void> load_script();
  Result<void> check_executors() const;
  int wanted_workers() const;
  Result<void> create_workers();
  Result<void> create_measurements();
  report::TextStyle style() const { return {.color = is_terminal_ && !arguments_.no_color}; }
  void print_banner() const;
  ExitCode publish(const run::RunResult& result, run::Coordinator& coordinator);

  const RunArguments& arguments_;
  const bool is_terminal_ = isatty(STDOUT_FILENO) != 0;
  SystemClock clock_;
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig script_;
  script::Exports exports_;
  plan::Plan plan_;
  report::SummaryMode summary_mode_ = report::SummaryMode::kCompact;
  run::EventQueue events_;
  run::Signals signals_{
      events_.fd()};  // from here on: a signal during the script's init counts too
  std::unique_ptr<run::RunParts> run_;
  std::vector<std::unique_ptr<run::Worker>> workers_;
  std::unique_ptr<run::Measurements> measurements_;
};

/// Why the run ended early, as k6 says it below everything else.
void print_reason(const std::string& reason) { report::print(reason + "\n"); }

bool exports(const script::Exports& exports, std::string_view name) {
  return std::find(exports.functions.begin(), exports.functions.end(), name) !=
         exports.functions.end();
}

Result<void> TestRun::prepare() {
  const auto mode = report::parse_summary_mode(arguments_.summary_mode);
  if (!mode.ok()) return mode.error();
  summary_mode_ = mode.value();
  if (Result<void> loaded = load_script(); !loaded.ok()) return loaded;
  Result<plan::Plan> plan = resolve_plan(arguments_, exports_);
  if (!plan.ok()) return plan.error();
  plan_ = std::move(plan).value();
  for (const std::string& warning : plan_.warnings) log_warning("{}", warning);
  if (arguments_.no_thresholds) plan_.thresholds.clear();
  if (Result<void> checked = check_executors(); !checked.ok()) return checked;
  if (Result<void> created = create_measurements(); !created.ok()) return created;
  return create_workers();
}

/// Compiles the script and runs its first init: VU 0 of worker 0.
Result<void> TestRun::load_script() {
  Result<std::string> source = read_script(arguments_.script);
  if (!source.ok()) return source.error();
  auto env = script_environment(arguments_);
  if (!env.ok()) return env.error();
  script_ = {.path = arguments_.script,
             .source = std::move(source).value(),
             .env = std::move(env).value(),
             .seed = arguments_.seed.value_or(random_seed()),
             .jit = arguments_.jit,
             .memory_limit = script::default_lua_memory_limit(wanted_workers())};
  auto worker = run::Worker::create({clock_, registry_, store_, script_}, 0);
  if (!worker.ok()) return worker.error();
  auto loaded = run::run_first_init(*worker.value(), events_, signals_);
  if (!loaded.ok()) return loaded.error();
  exports_ = std::move(loaded).value();
  workers_.push_back(std::move(worker).value());
  return {};
}

Result<void> TestRun::check_executors() const {
  for (const plan::Scenario& scenario : plan_.scenarios) {
    if (!plan::is_open(scenario.executor)) continue;
    return Error{ExitCode::kInvalidConfig,
                 fmt::format("scenario {}: the executor {} is not part of this version of loadrun "
                             "(expected constant-vus, ramping-vus, shared-iterations or "
                             "per-vu-iterations)",
                             scenario.name, plan::executor_name(scenario.executor))};
  }
  return {};
}

Result<void> TestRun::create_measurements() {
  auto thresholds = metrics::ThresholdSet::create(plan_.thresholds, registry_);
  if (!thresholds.ok()) return thresholds.error();
  measurements_ =
      std::make_unique<run::Measurements>(registry_, std::move(thresholds).value(), plan_.tags);
  return {};
}

int TestRun::wanted_workers() const {
  return arguments_.workers > 0 ? arguments_.workers : usable_cpus();
}

Result<void> TestRun::create_workers() {
  const std::int64_t most = std::max<std::int64_t>(plan::requirements(plan_).max_vus, 1);
  const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted_workers(), most));
  run_ = std::make_unique<run::RunParts>(plan_, count, events_);
  for (std::uint32_t i = 1; i < count; ++i) {
    auto worker = run::Worker::create({clock_, registry_, store_, script_}, i);
    if (!worker.ok()) return worker.error();
    workers_.push_back(std::move(worker).value());
  }
  return {};
}

void TestRun::print_banner() const {
  const report::Banner banner{.script = arguments_.script,
                              .outputs = {},
                              .plan = plan_,
                              .workers = static_cast<int>(workers_.size()),
                              .seed = script_.seed};
  report::print(report::render_banner(banner));
}

ExitCode TestRun::execute() {
  net::raise_fd_limit();
  if (!arguments_.quiet) print_banner();
  report::ProgressDisplay display(stdout, is_terminal_, arguments_.quiet, style());
  run::Coordinator coordinator({.clock = clock_,
                                .has_setup = exports(exports_, "setup") && !plan_.no_setup,
                                .has_teardown = exports(exports_, "teardown") && !plan_.no_teardown,
                                .workers = workers_,
                                .run = *run_,
                                .measurements = *measurements_,
                                .display = display,
                                .signals = signals_});
  const run::RunResult result = coordinator.run();
  display.clear();
  const ExitCode written = publish(result, coordinator);
  const bool all_ended = coordinator.stop_workers();
  display.finish(coordinator.progress());
  if (!arguments_.quiet && !coordinator.reason().empty()) {
    print_reason(coordinator.reason());
  }
  const ExitCode code = coordinator.code() == ExitCode::kOk ? written : coordinator.code();
  if (all_ended) return code;
  leave_process(code);  // a thread still runs a script that cannot be stopped
}

ExitCode TestRun::publish(const run::RunResult& result, run::Coordinator& coordinator) {
  const report::SummaryInput results{.registry = registry_,
                                     .totals = measurements_->totals(),
                                     .thresholds = measurements_->thresholds().outcomes(),
                                     .plan = plan_,
                                     .elapsed = result.elapsed,
                                     .setup_data = result.setup_data};
  const ResultOptions options{
      .mode = summary_mode_,
      .style = style(),
      .state = {.stdout_is_tty = is_terminal_,
                .stderr_is_tty = isatty(STDERR_FILENO) != 0,
                .no_color = arguments_.no_color},
      .export_path = arguments_.summary_export,
      .has_handle_summary = exports(exports_, "handleSummary"),
      .bad_handle_summary = exports_.bad_handle_summary,
  };
  return publish_results(results, options, coordinator);
}

ExitCode report_error(const Error& error) {
  log_error("{}{}{}", error.message, error.hint.empty() ? "" : "\nhint: ", error.hint);
  return error.code;
}

}  // namespace

ExitCode run_command(const RunArguments& arguments) {
  LogOptions log = arguments.log;
  log.color = isatty(STDERR_FILENO) != 0 && !arguments.no_color;
  if (const Result<void> configured = configure_log(log); !configured.ok()) {
    return report_error(configured.error());
  }
  TestRun test(arguments);
  if (const Result<void> prepared = test.prepare(); !prepared.ok()) {
    const Error& error = prepared.error();
    if (error.code == ExitCode::kScriptAborted && !arguments.quiet) print_reason(error.message);
    return report_error(error);
  }
  return test.execute();
}

}  // namespace loadrun::commands
