#include "commands/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/cpus.h"
#include "base/random.h"
#include "commands/option_layers.h"
#include "net/limits.h"
#include "report/banner.h"
#include "report/print.h"
#include "report/summary.h"
#include "report/summary_export.h"
#include "run/coordinator.h"

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
  Result<void> create_workers();
  Result<void> create_measurements();
  report::TextStyle style() const { return {.color = is_terminal_ && !arguments_.no_color}; }
  void print_banner() const;
  ExitCode write_summary(const run::RunResult& result);

  const RunArguments& arguments_;
  const bool is_terminal_ = isatty(STDOUT_FILENO) != 0;
  SystemClock clock_;
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig script_;
  script::Exports exports_;
  plan::Plan plan_;
  run::EventQueue events_;
  run::Signals signals_{
      events_.fd()};  // from here on: a signal during the script's init counts too
  std::unique_ptr<run::RunParts> run_;
  std::vector<std::unique_ptr<run::Worker>> workers_;
  std::unique_ptr<run::Measurements> measurements_;
};

bool exports(const script::Exports& exports, std::string_view name) {
  return std::find(exports.functions.begin(), exports.functions.end(), name) !=
         exports.functions.end();
}

Result<void> TestRun::prepare() {
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
  Result<std::string> source = script::read_file(arguments_.script);
  if (!source.ok()) return Error{ExitCode::kGeneric, source.error().message};
  auto env = script_environment(arguments_);
  if (!env.ok()) return env.error();
  script_ = {.path = arguments_.script,
             .source = std::move(source).value(),
             .env = std::move(env).value(),
             .seed = arguments_.seed.value_or(random_seed())};
  auto worker = run::Worker::create({clock_, registry_, store_, script_}, 0);
  if (!worker.ok()) return worker.error();
  auto loaded = worker.value()->load();
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

Result<void> TestRun::create_workers() {
  const int wanted = arguments_.workers > 0 ? arguments_.workers : usable_cpus();
  const std::int64_t most = std::max<std::int64_t>(plan::requirements(plan_).max_vus, 1);
  const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(wanted, most));
  run_ = std::make_unique<run::RunParts>(
      run::RunParts{.plan = plan_,
                    .stripings = plan::stripings(plan_, count),
                    .workers = count,
                    .scenarios = std::deque<run::ScenarioShared>(plan_.scenarios.size()),
                    .events = events_});
  for (run::ScenarioShared& scenario : run_->scenarios) {
    scenario.unfinished = static_cast<int>(count);
  }
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
                                .plan = plan_,
                                .has_setup = exports(exports_, "setup") && !plan_.no_setup,
                                .has_teardown = exports(exports_, "teardown") && !plan_.no_teardown,
                                .workers = workers_,
                                .run = *run_,
                                .measurements = *measurements_,
                                .display = display,
                                .signals = signals_});
  const run::RunResult result = coordinator.run();
  display.clear();
  const ExitCode written = write_summary(result);
  display.finish(coordinator.progress());
  return result.code == ExitCode::kOk ? written : result.code;
}

ExitCode TestRun::write_summary(const run::RunResult& result) {
  const report::SummaryInput input{.registry = registry_,
                                   .totals = measurements_->totals(),
                                   .thresholds = measurements_->thresholds().outcomes(),
                                   .plan = plan_,
                                   .elapsed = result.elapsed,
                                   .setup_data = result.setup_data};
  report::print(report::render_summary(input, report::SummaryMode::kCompact, style()));
  if (arguments_.summary_export.empty()) return ExitCode::kOk;
  const std::string text = report::render_summary_export(input);
  if (std::FILE* file = std::fopen(arguments_.summary_export.c_str(), "w"); file != nullptr) {
    const bool complete = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) == 0 && complete) return ExitCode::kOk;
  }
  log_error("--summary-export {}: cannot write the file: {}", arguments_.summary_export,
            std::strerror(errno));
  return ExitCode::kGeneric;
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
    return report_error(prepared.error());
  }
  return test.execute();
}

}  // namespace loadrun::commands
