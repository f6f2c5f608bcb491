#include "commands/run_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/leave.h"
#include "base/log.h"
#include "base/unique_fd.h"
#include "commands/command_support.h"
#include "commands/github_actions.h"
#include "commands/load_advice.h"
#include "commands/loaded_test.h"
#include "commands/results.h"
#include "commands/run_end.h"
#include "commands/run_outputs.h"
#include "net/limits.h"
#include "report/banner.h"
#include "report/print.h"
#include "run/coordinator.h"
#include "run/tls_settings.h"

namespace loadrun::commands {
namespace {

/// The names in "NAME=value" and "NAME".
std::vector<std::string> names_of(const std::vector<std::string>& variables) {
  std::vector<std::string> names;
  names.reserve(variables.size());
  for (const std::string& text : variables) names.push_back(text.substr(0, text.find('=')));
  return names;
}

constexpr Nanoseconds kOutputLimit = 10s;  // what opens or closes longer than this has failed

/// The objects of one run, in the order in which they depend on each other.
class TestRun {
 public:
  explicit TestRun(const RunArguments& arguments) : arguments_(arguments), test_(arguments) {}

  Result<void> prepare();
  ExitCode execute();
  const script::RuntimeConfig& script() const { return test_.script(); }

 private:
  Result<void> create_workers();
  Result<void> create_measurements();
  void read_proxies();
  Result<void> read_calibration_file();
  void warn_of_limits() const;
  void warn_of_load() const;
  report::TextStyle style() const { return {.color = is_terminal_ && !arguments_.no_color}; }
  void print_banner() const;
  bool open_outputs();
  report::RunFacts facts() const;
  report::SummaryInput results_of(const run::RunResult& result);
  ExitCode publish(const report::SummaryInput& results, run::Coordinator& coordinator);
  report::SummaryInput with_lost(report::SummaryInput results) const;
  void object(report::SummaryInput& results) const;

  const RunArguments& arguments_;
  const bool is_terminal_ = isatty(STDOUT_FILENO) != 0;
  report::SummaryMode summary_mode_ = report::SummaryMode::kCompact;
  std::optional<CalibrationFile> calibration_;
  LoadedTest test_;
  std::unique_ptr<run::RunParts> run_;
  std::vector<std::unique_ptr<run::Worker>> workers_;
  std::unique_ptr<run::Measurements> measurements_;
  std::optional<outputs::RunInfo> run_info_;  // outlives the outputs
  std::unique_ptr<outputs::OutputSet> outputs_;
  // The VUs' connections may use up all descriptors: this one is for writing the results.
  UniqueFd spare_file_{open("/dev/null", O_RDONLY | O_CLOEXEC)};
};

/// Why the run ended early, as k6 says it below everything else.
void print_reason(const std::string& reason) { report::print(reason + "\n"); }

Result<void> TestRun::prepare() {
  const auto mode = report::parse_summary_mode(arguments_.summary_mode);
  if (!mode.ok()) return mode.error();
  summary_mode_ = mode.value();
  if (Result<void> read = read_calibration_file(); !read.ok()) return read;
  auto outputs = make_outputs(arguments_, test_.clock());
  if (!outputs.ok()) return outputs.error();
  outputs_ = std::move(outputs).value();
  if (Result<void> loaded = test_.load(); !loaded.ok()) return loaded;
  if (Result<void> checked = run::check_tls_files(); !checked.ok()) return checked;
  if (Result<void> created = create_measurements(); !created.ok()) return created;
  return create_workers();
}

Result<void> TestRun::read_calibration_file() {
  if (arguments_.calibration.empty()) return {};
  auto calibration = read_calibration(arguments_.calibration);
  if (!calibration.ok()) return calibration.error();
  calibration_ = {arguments_.calibration, std::move(calibration).value()};
  return {};
}

Result<void> TestRun::create_measurements() {
  auto thresholds = metrics::ThresholdSet::create(test_.plan().thresholds, test_.registry(),
                                                  run::threshold_context(test_.plan()));
  if (!thresholds.ok()) return thresholds.error();
  if (auto checked = run::check_objective(test_.plan(), test_.registry()); !checked.ok()) {
    return checked;
  }
  measurements_ = std::make_unique<run::Measurements>(test_.registry(),
                                                      std::move(thresholds).value(), test_.plan());
  if (!outputs_->empty()) measurements_->feed(*outputs_);
  return {};
}

Result<void> TestRun::create_workers() {
  const std::int64_t most = std::max<std::int64_t>(plan::requirements(test_.plan()).max_vus, 1);
  const auto count =
      static_cast<std::uint32_t>(std::min<std::int64_t>(test_.wanted_workers(), most));
  run_ = std::make_unique<run::RunParts>(test_.plan(), count, test_.events(), test_.clock());
  run_->keep_samples = outputs_->wants_samples();
  read_proxies();
  for (std::uint32_t i = 0; i < count; ++i) {
    auto worker = test_.make_worker(i);
    if (!worker.ok()) return worker.error();
    workers_.push_back(std::move(worker).value());
  }
  return {};
}

void TestRun::read_proxies() {
  std::vector<std::string> warnings;
  run_->proxies = net::EnvironmentProxies::read(
      [](const char* name) -> const char* { return std::getenv(name); }, warnings);
  for (const std::string& warning : warnings) log_warning("{}", warning);
}

// No error: nobody knows whether all VUs will have connections at the same time.
void TestRun::warn_of_limits() const {
  const plan::Plan& plan = test_.plan();
  const net::ClientDemand demand{
      .vus = static_cast<std::uint64_t>(plan::requirements(plan).max_vus),
      .workers = workers_.size(),
      .local_addresses = std::max<std::uint64_t>(plan.addresses.local.size(), 1)};
  for (const std::string& shortage : net::shortages(net::client_limits(), demand)) {
    log_warning("{}", shortage);
  }
}

void TestRun::warn_of_load() const {
  if (!calibration_) return;
  const auto workers = static_cast<std::int64_t>(workers_.size());
  for (const std::string& warning :
       load_warnings(test_.plan(), *calibration_, outputs::this_machine(), workers)) {
    log_warning("{}", warning);
  }
}

void TestRun::print_banner() const {
  const report::Banner banner{.script = arguments_.script,
                              .outputs = outputs_->descriptions(),
                              .plan = test_.plan(),
                              .workers = static_cast<int>(workers_.size()),
                              .seed = test_.script().seed};
  report::print(report::render_banner(banner));
}

ExitCode TestRun::execute() {
  warn_of_limits();
  warn_of_load();
  if (!arguments_.quiet) print_banner();
  if (!open_outputs()) leave_process(ExitCode::kOutputFailed);  // one may hang
  report::ProgressDisplay display(stdout, is_terminal_, arguments_.quiet, style());
  run::Coordinator coordinator(
      {.clock = test_.clock(),
       .has_setup = test_.exports("setup") && !test_.plan().no_setup,
       .has_teardown = test_.exports("teardown") && !test_.plan().no_teardown,
       .workers = workers_,
       .run = *run_,
       .measurements = *measurements_,
       .display = display,
       .signals = test_.signals()});
  const run::RunResult result = coordinator.run();
  display.clear();
  spare_file_.reset(-1);
  report::SummaryInput measured = results_of(result);
  object(measured);
  const bool outputs_ended = outputs_->finish(measured, kOutputLimit);
  const report::SummaryInput results = with_lost(measured);
  const ExitCode written = publish(results, coordinator);
  const bool all_ended = coordinator.stop_workers() && outputs_ended;
  display.finish(coordinator.progress());
  if (!arguments_.quiet && coordinator.code() == ExitCode::kScriptAborted) {
    print_reason(coordinator.reason());
  }
  const ExitCode judged =
      coordinator.code() == ExitCode::kOk ? results.end.code : coordinator.code();
  const ExitCode code = judged == ExitCode::kOk ? written : judged;
  if (all_ended) return code;
  leave_process(code);  // a thread still runs a script or an output that cannot be stopped
}

/// Whether the test may start: outputs that are required have to be open.
bool TestRun::open_outputs() {
  run_info_.emplace(outputs::RunInfo{.plan = test_.plan(),
                                     .series = outputs_->series(),
                                     .script = arguments_.script,
                                     .script_source = test_.script().source,
                                     .seed = test_.script().seed,
                                     .workers = static_cast<int>(workers_.size()),
                                     .wall = test_.clock().wall(),
                                     .variables = names_of(arguments_.env)});
  outputs_->start(*run_info_);
  if (!arguments_.out_required || outputs_->await_start(kOutputLimit)) return true;
  log_error("the test does not start: an output that is required is not open");
  return false;
}

report::RunFacts TestRun::facts() const {
  return {.script = arguments_.script,
          .seed = test_.script().seed,
          .workers = static_cast<int>(workers_.size()),
          .start = run_->times.start,
          .wall = run_->times.start_wall};
}

report::SummaryInput TestRun::results_of(const run::RunResult& result) {
  return {.registry = test_.registry(),
          .totals = measurements_->totals(),
          .thresholds = measurements_->thresholds().outcomes(),
          .plan = test_.plan(),
          .elapsed = result.elapsed,
          .setup_data = result.setup_data,
          .unscheduled = run::unscheduled(*run_),
          .scenarios = run::scenario_results(*run_),
          .run = facts(),
          .end = {result.code, result.reason},
          .balance = result.balance,
          .health = result.health,
          .verdict = metrics::judge(result.health),
          .capacity = result.capacity};
}

/// Says what is wrong with the figures, and ends the run with that unless it ended with more.
void TestRun::object(report::SummaryInput& results) const {
  const auto said = objection(results.verdict, arguments_.verdict);
  if (said) log_error("{}", *said);
  const auto allowed = said ? std::nullopt : objection(results.verdict, {});
  if (allowed) log_warning("{} (allowed)", *allowed);
  results.end = with_objection(results.end, said);
}

/// What outputs lost; if they are required, that ends a run badly that was fine so far.
report::SummaryInput TestRun::with_lost(report::SummaryInput results) const {
  results.output_losses = outputs_->losses();
  if (arguments_.out_required) results.end = with_losses(results.end, results.output_losses);
  return results;
}

ExitCode TestRun::publish(const report::SummaryInput& results, run::Coordinator& coordinator) {
  const ResultOptions options{
      .mode = summary_mode_,
      .style = style(),
      .state = {.stdout_is_tty = is_terminal_,
                .stderr_is_tty = isatty(STDERR_FILENO) != 0,
                .no_color = arguments_.no_color},
      .export_path = arguments_.summary_export,
      .json_path = arguments_.summary_json,
      .has_handle_summary = test_.exports("handleSummary"),
      .bad_handle_summary = test_.bad_handle_summary(),
  };
  return publish_results(results, options, coordinator);
}

}  // namespace

ExitCode run_command(const RunArguments& arguments) {
  if (const Result<void> configured = configure_log_of(arguments); !configured.ok()) {
    return report_error(configured.error());
  }
  TestRun test(arguments);
  if (const Result<void> prepared = test.prepare(); !prepared.ok()) {
    const Error& error = prepared.error();
    if (error.code == ExitCode::kScriptAborted && !arguments.quiet) print_reason(error.message);
    tell_github(error, test.script());
    return report_error(error);
  }
  return test.execute();
}

}  // namespace loadrun::commands
