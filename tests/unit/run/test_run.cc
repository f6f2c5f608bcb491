#include "test_run.h"

#include <algorithm>
#include <cstdio>

#include "base/log.h"
#include "plan/options.h"
#include "support/catch.h"

namespace loadrun::test {

plan::Plan plan_of(const std::string& options_json, const std::vector<std::string>& exports) {
  auto layer = plan::options_from_json("script options", options_json);
  REQUIRE(layer.ok());
  auto plan = plan::resolve({std::move(layer).value()}, exports);
  INFO((plan.ok() ? "" : plan.error().message));
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

TestRun::TestRun(std::string source, std::uint32_t workers) {
  REQUIRE(configure_log({.output = "none"}).ok());
  config_.path = "test.lua";
  config_.source = std::move(source);
  config_.seed = 1;
  for (std::uint32_t i = 0; i < workers; ++i) {
    auto worker = run::Worker::create({clock_, registry_, store_, config_}, i);
    REQUIRE(worker.ok());
    workers_.push_back(std::move(worker).value());
  }
  auto loaded = workers_.front()->load();
  INFO((loaded.ok() ? "" : loaded.error().message));
  REQUIRE(loaded.ok());
  exports_ = std::move(loaded).value();
  plan_ = plan_of(exports_.options_json, exports_.functions);
  auto thresholds =
      metrics::ThresholdSet::create(plan_.thresholds, registry_, run::threshold_context(plan_));
  REQUIRE(thresholds.ok());
  measurements_ =
      std::make_unique<run::Measurements>(registry_, std::move(thresholds).value(), plan_);
  parts_ = std::make_unique<run::RunParts>(plan_, workers, events_, clock_);
}

bool TestRun::exports(const std::string& function) const {
  return std::find(exports_.functions.begin(), exports_.functions.end(), function) !=
         exports_.functions.end();
}

run::RunResult TestRun::run() {
  run::Signals signals(events_.fd());
  report::ProgressDisplay display(stdout, false, true);
  run::Coordinator coordinator({.clock = clock_,
                                .has_setup = exports("setup"),
                                .has_teardown = exports("teardown"),
                                .workers = workers_,
                                .run = *parts_,
                                .measurements = *measurements_,
                                .display = display,
                                .signals = signals});
  run::RunResult result = coordinator.run();
  REQUIRE(coordinator.stop_workers());
  return result;
}

double TestRun::count(const std::string& metric) const {
  const auto found = registry_.find(metric);
  REQUIRE(found);
  const metrics::Sink& sink = totals().metric(found->id);
  if (const auto* rate = std::get_if<metrics::Rate>(&sink)) {
    return static_cast<double>(rate->trues);
  }
  return std::get<metrics::Counter>(sink).sum.value();
}

}  // namespace loadrun::test
