#include "commands/load_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/null_server.h"
#include "plan/options.h"
#include "plan/schedule.h"
#include "run/coordinator.h"

namespace loadrun::commands {
namespace {

constexpr const char* kScript = R"lua(
local http = require "k6/http"
local urls = {}
for url in __ENV.URLS:gmatch("%S+") do urls[#urls + 1] = url end
return function() http.get(urls[__VU % #urls + 1]) end
)lua";

using Servers = std::vector<std::unique_ptr<net::NullServer>>;

Result<Servers> start_servers(const Clock& clock, int workers) {
  Servers servers;
  for (int i = 0; i < std::max(workers / 2, 1); ++i) {
    auto server = net::NullServer::start(clock);
    if (!server.ok()) return server.error();
    servers.push_back(std::move(server).value());
  }
  return servers;
}

std::string urls_of(const Servers& servers) {
  std::string urls;
  for (const auto& server : servers) urls += server->url() + " ";
  return urls;
}

/// The objects of one run, in the order in which they depend on each other.
class ProbeRun {
 public:
  ProbeRun(const Clock& clock, run::EventQueue& events, run::Signals& signals)
      : clock_(clock), events_(events), signals_(signals) {}

  /// `scenario` has the fields of one; `urls`, with spaces, are what it asks for.
  Result<void> prepare(const nlohmann::json& scenario, std::string urls, int workers);
  /// All but what the servers counted. REQUIRES: prepared; once.
  Result<ProbeResult> execute();

 private:
  Result<void> make_worker(std::uint32_t index);
  Result<void> make_plan(const nlohmann::json& scenario, const script::Exports& exports);
  ProbeResult measured() const;
  const metrics::Sink& total(metrics::Builtin metric) const {
    return measurements_->totals().metric(metrics::id_of(metric));
  }

  const Clock& clock_;
  run::EventQueue& events_;
  run::Signals& signals_;
  metrics::Registry registry_;
  script::SharedStore store_;
  script::RuntimeConfig script_;
  plan::Plan plan_;
  std::unique_ptr<run::RunParts> run_;
  std::vector<std::unique_ptr<run::Worker>> workers_;
  std::unique_ptr<run::Measurements> measurements_;
};

Result<void> ProbeRun::prepare(const nlohmann::json& scenario, std::string urls, int workers) {
  script_ = {.path = "calibrate.lua", .source = kScript, .env = {{"URLS", std::move(urls)}}};
  if (Result<void> made = make_worker(0); !made.ok()) return made;
  const auto exports = workers_.front()->load();
  if (!exports.ok()) return exports.error();
  if (Result<void> made = make_plan(scenario, exports.value()); !made.ok()) return made;
  const auto count = static_cast<std::uint32_t>(
      std::min<std::int64_t>(workers, plan::requirements(plan_).max_vus));
  for (std::uint32_t i = 1; i < count; ++i) {
    if (Result<void> made = make_worker(i); !made.ok()) return made;
  }
  auto thresholds = metrics::ThresholdSet::create({}, registry_, run::threshold_context(plan_));
  if (!thresholds.ok()) return thresholds.error();
  measurements_ =
      std::make_unique<run::Measurements>(registry_, std::move(thresholds).value(), plan_);
  run_ = std::make_unique<run::RunParts>(plan_, count, events_, clock_);
  return {};
}

Result<void> ProbeRun::make_worker(std::uint32_t index) {
  auto worker = run::Worker::create({clock_, registry_, store_, script_}, index);
  if (!worker.ok()) return worker.error();
  workers_.push_back(std::move(worker).value());
  return {};
}

Result<void> ProbeRun::make_plan(const nlohmann::json& scenario, const script::Exports& exports) {
  const plan::OptionLayer options{"calibrate", {{"scenarios", {{"calibrate", scenario}}}}};
  auto plan = plan::resolve({options}, exports.functions);
  if (!plan.ok()) return plan.error();
  plan_ = std::move(plan).value();
  return {};
}

Result<ProbeResult> ProbeRun::execute() {
  report::ProgressDisplay display(stdout, false, true);
  run::Coordinator coordinator({.clock = clock_,
                                .has_setup = false,
                                .has_teardown = false,
                                .workers = workers_,
                                .run = *run_,
                                .measurements = *measurements_,
                                .display = display,
                                .signals = signals_});
  const run::RunResult ended = coordinator.run();
  ProbeResult result = measured();
  for (const auto& worker : workers_) result.cpu += worker->cpu_time();
  coordinator.stop_workers();
  if (ended.code != ExitCode::kOk) return Error{ended.code, "no calibration: " + ended.reason};
  const auto failed = std::get<metrics::Rate>(total(metrics::Builtin::kHttpReqFailed)).trues;
  if (failed == 0) return result;
  return Error{ExitCode::kGeneric,
               fmt::format("{} of {} requests to the null server failed", failed, result.requests)};
}

ProbeResult ProbeRun::measured() const {
  const auto& requests = std::get<metrics::Counter>(total(metrics::Builtin::kHttpReqs));
  return {.requests = static_cast<std::int64_t>(requests.samples),
          .dropped = run_->live.totals().dropped,
          .duration = std::get<metrics::Trend>(total(metrics::Builtin::kHttpReqDuration)),
          .start_lag = std::get<metrics::Trend>(total(metrics::Builtin::kIterationStartLag))};
}

}  // namespace

Result<ProbeResult> LoadProbe::run(const nlohmann::json& scenario) {
  const Result<Servers> servers = start_servers(clock_, workers_);
  if (!servers.ok()) return servers.error();
  ProbeRun run(clock_, events_, signals_);
  if (Result<void> ready = run.prepare(scenario, urls_of(servers.value()), workers_); !ready.ok()) {
    return ready.error();
  }
  Result<ProbeResult> result = run.execute();
  if (!result.ok()) return result;
  for (const auto& server : servers.value()) {
    result.value().served += static_cast<std::int64_t>(server->stop());
  }
  return result;
}

}  // namespace loadrun::commands
