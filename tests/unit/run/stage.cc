#include "unit/run/stage.h"

#include "base/log.h"
#include "run/vu_allocation.h"
#include "support/catch.h"
#include "unit/run/test_run.h"

namespace loadrun::test {
namespace {

std::string script_of(const std::string& iteration, const std::string& prepare) {
  return "local k6, metrics = require 'k6', require 'k6/metrics'\n"
         "local noted = metrics.Trend('noted')\n"
         "return { default = function()\n" +
         iteration + "\nend, prepare = function()\n" + prepare + "\nend }";
}

std::string options_of(const std::string& scenarios, const std::string& more) {
  return R"({"scenarios":{)" + scenarios + "}" + (more.empty() ? "" : "," + more) + "}";
}

}  // namespace

VirtualWorker::VirtualWorker(std::string source, const std::string& options, Nanoseconds step,
                             std::int64_t vus)
    : plan_(plan_of(options, {"default", "prepare"})), run_(plan_, 1, events_, clock), step_(step) {
  REQUIRE(configure_log({.output = "none"}).ok());
  config_.path = "test.lua";
  config_.source = std::move(source);
  auto created = run::VuEngine::create({clock, registry_, store_, config_});
  REQUIRE(created.ok());
  engine_ = std::move(created).value();
  reader_ = std::make_unique<ShardReader>(registry_, engine_->shard());
  REQUIRE(engine_->join(run_, 0).ok());
  pool = std::make_unique<run::VuSupply>(*engine_);
  const std::int64_t count = vus == kAsPlanned ? run::vus_needed(plan_, run_.stripings, 0) : vus;
  REQUIRE(pool->fill(run_, 0, count, std::atomic<bool>(false)).ok());
}

void VirtualWorker::advance(Nanoseconds duration) {
  for (Nanoseconds passed{0}; passed < duration; passed += step_) {
    clock.advance(step_);
    settle();
  }
}

void VirtualWorker::settle() {
  for (int i = 0; i < 6; ++i) {
    engine_->loop().wake();  // never wait for a clock that only this test moves
    engine_->turn();
  }
}

Stage::Stage(const std::string& iteration, const std::string& scenarios, std::int64_t vus,
             const std::string& more, const std::string& prepare)
    : VirtualWorker(script_of(iteration, prepare), options_of(scenarios, more), 10ms, vus) {
  for (std::size_t i = 0; i < plan().scenarios.size(); ++i) shared_.emplace_back(1).unfinished = 0;
}

run::ScenarioRunner& Stage::start(std::size_t scenario, std::uint32_t worker,
                                  std::uint32_t workers) {
  ++shared_[scenario].unfinished;
  return runners_.emplace_back(run::ScenarioRunner::Parts{
      engine(), *pool, run(), scenario, plan::stripings(plan(), workers)[scenario], worker,
      shared_[scenario], live_.emplace_back()});
}

void Stage::begin() {
  for (run::ScenarioRunner& runner : runners_) {
    runner.start(
        clock.now(), [](void* self) { ++static_cast<Stage*>(self)->finished; }, this);
  }
  settle();
}

}  // namespace loadrun::test
