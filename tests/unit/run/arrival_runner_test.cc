#include "run/arrival_runner.h"

#include <map>

#include "support/catch.h"
#include "unit/run/stage.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

std::string script_of(const std::string& iteration) {
  return "local k6, exec = require 'k6', require 'k6/execution'\n"
         "local number = require('k6/metrics').Trend('number')\nreturn function()\n"
         "number:add(exec.scenario.iterationInTest)\n" +
         iteration + "\nend";
}

/// One open scenario on a virtual clock, in steps of 1 ms.
class OpenStage : public VirtualWorker {
 public:
  /// `iteration` is Lua code; `fields` those of the scenario and `more` other options, as JSON.
  OpenStage(const std::string& iteration, const std::string& fields, const std::string& more = "")
      : VirtualWorker(script_of(iteration),
                      R"({"scenarios":{"open":{)" + fields + "}}" + more + "}", 1ms, kAsPlanned),
        runner_({engine(), *pool, run(), 0, 0}) {
    runner_.start(
        clock.now(), [](void* self) { static_cast<OpenStage*>(self)->finished = true; }, this);
    settle();
  }

  run::ArrivalRunner& runner() { return runner_; }
  const run::LiveCounters& live() const { return run().live.worker(0).scenarios[0]; }
  std::vector<Measured> measured() { return reader().take(); }
  std::size_t idle() const { return pool->idle(); }

  bool finished = false;

 private:
  run::ArrivalRunner runner_;
};

std::string constant(const std::string& more) {
  return R"("executor":"constant-arrival-rate","rate":100,"duration":"1s",)" + more;
}

const metrics::Trend& trend(const std::vector<Measured>& measured, std::string_view name) {
  for (const Measured& one : measured) {
    if (one.metric == name) return std::get<metrics::Trend>(one.sink);
  }
  FAIL(std::string(name));
  throw 0;
}

}  // namespace

TEST_CASE("iterations start at the instants of their arrivals, whether others still run or not") {
  OpenStage stage("k6.sleep(0.025)", constant(R"("preAllocatedVUs":10)"));
  CHECK(stage.live().started == 1);  // the first one is due at 0
  stage.advance(9ms);
  CHECK(stage.live().started == 1);
  stage.advance(1ms);
  CHECK(stage.live().started == 2);
  stage.advance(490ms);
  CHECK(stage.live().started == 51);
  stage.advance(600ms);
  CHECK(stage.live().started == 100);
  CHECK(stage.live().completed == 100);
  CHECK(stage.live().interrupted == 0);
  CHECK(stage.finished);
  CHECK(stage.live().active_vus == 0);
  CHECK(stage.idle() == 10);
  const auto measured = stage.measured();
  CHECK(sum_of(measured, "dropped_iterations") == 0);
  const metrics::Trend& numbers = trend(measured, "number");
  CHECK(numbers.count() == 100);
  CHECK(numbers.min() == 0);
  CHECK(numbers.max() == 99);
  CHECK(trend(measured, "iteration_start_lag").max() <= 1);  // the clock's step
}

TEST_CASE("without a free VU an arrival is dropped and VUs are added up to maxVUs") {
  OpenStage stage("k6.sleep(10)",
                  constant(R"("preAllocatedVUs":1,"maxVUs":3,"gracefulStop":"100ms")"));
  stage.advance(5ms);
  CHECK(stage.live().active_vus == 1);
  stage.advance(10ms);  // the second one was dropped, a VU was made
  CHECK(stage.live().started == 1);
  CHECK(stage.live().active_vus == 2);
  stage.advance(985ms);
  CHECK(stage.live().started == 3);
  CHECK(stage.live().active_vus == 3);
  CHECK_FALSE(stage.finished);
  stage.advance(100ms);
  CHECK(stage.finished);
  CHECK(stage.live().interrupted == 3);
  CHECK(sum_of(stage.measured(), "dropped_iterations") == 97);
}

TEST_CASE(
    "with the queue on, late arrivals start in order when a VU is free; the rest is dropped") {
  OpenStage stage("k6.sleep(0.1)", constant(R"("preAllocatedVUs":1,"lateStart":"queue")"));
  stage.advance(350ms);
  CHECK(stage.live().started == 4);
  stage.advance(800ms);
  CHECK(stage.finished);
  const auto started = static_cast<double>(stage.live().started.load());
  CHECK(started == 10);
  const auto measured = stage.measured();
  CHECK(sum_of(measured, "dropped_iterations") == 100 - started);
  CHECK(stage.live().unscheduled == 90);
  CHECK(stage.live().longest_wait.load() == 900ms);       // arrival 10 was due at 0.1 s
  CHECK(trend(measured, "number").max() == started - 1);  // none was left out between
  CHECK(trend(measured, "iteration_start_lag").max() > 800);
}

TEST_CASE("minIterationDuration keeps a VU from the next arrival, and does not hold up the end") {
  OpenStage stage("k6.sleep(0.001)", constant(R"("preAllocatedVUs":1)"),
                  R"(,"minIterationDuration":"205ms")");
  stage.advance(900ms);
  CHECK(stage.live().started == 5);  // at 0, 0.21, 0.42, 0.63 and 0.84 s
  stage.advance(100ms);
  CHECK(stage.finished);
  CHECK(stage.live().completed == 5);
  CHECK(stage.idle() == 1);
  CHECK(sum_of(stage.measured(), "dropped_iterations") == 95);
}

TEST_CASE("abort interrupts what runs and starts nothing more") {
  OpenStage stage("k6.sleep(10)", constant(R"("preAllocatedVUs":50)"));
  stage.advance(100ms);
  CHECK(stage.live().started == 11);
  stage.runner().abort();
  CHECK(stage.finished);
  CHECK(stage.live().interrupted == 11);
  stage.advance(100ms);
  CHECK(stage.live().started == 11);
  CHECK(stage.idle() == 50);
}

TEST_CASE("an arrival at the very end of a ramp starts") {
  OpenStage stage("", R"("executor":"ramping-arrival-rate","startRate":0,"preAllocatedVUs":2,)"
                      R"("stages":[{"target":100,"duration":"1s"},{"target":0,"duration":"1s"}])");
  stage.advance(2001ms);
  CHECK(stage.finished);
  CHECK(stage.live().started == 100);
  CHECK(sum_of(stage.measured(), "dropped_iterations") == 0);
}

TEST_CASE(
    "a capacity search starts what is announced, and its samples say of which probe they are") {
  OpenStage stage("k6.sleep(0.015)",
                  R"("executor":"capacity","start":1,"maxRate":1000,"preAllocatedVUs":20,)"
                  R"("objective":{"checks":["rate>0.9"]})");
  stage.advance(50ms);
  CHECK(stage.live().started == 0);
  stage.runner().announce({.probe = 1, .rate = 100, .start = 60ms, .first = 0});
  stage.advance(110ms);  // to 160 ms, where the next piece starts
  stage.runner().announce({.probe = 2, .rate = 200, .start = 165ms, .first = 11});
  CHECK(stage.live().started == 11);
  stage.advance(100ms);
  CHECK(stage.live().started == 11 + 20);
  stage.runner().announce({.probe = 0, .rate = 0, .start = 261ms, .first = 31});
  stage.advance(100ms);
  CHECK(stage.live().started == 11 + 20);
  CHECK(stage.live().completed == 11 + 20);

  std::map<std::string, double> iterations;
  for (const Measured& one : stage.measured()) {
    if (one.metric != "iterations") continue;
    const std::string probe(metrics::tag_value(one.tags, "probe"));
    CHECK(metrics::tag_value(one.tags, "probe_rate") == (probe == "1" ? "100" : "200"));
    iterations[probe] += std::get<metrics::Counter>(one.sink).sum.value();
  }
  CHECK(iterations == std::map<std::string, double>{{"1", 11}, {"2", 20}});
  stage.runner().end();
  CHECK(stage.finished);
  CHECK(stage.idle() == 20);
}

TEST_CASE("what a capacity search cuts off leaves its VU to the next arrival") {
  OpenStage stage("k6.sleep(100)",
                  R"("executor":"capacity","start":1,"maxRate":1000,"preAllocatedVUs":2,)"
                  R"("gracefulStop":"0s","objective":{"checks":["rate>0.9"]})");
  stage.runner().announce({.probe = 1, .rate = 10, .start = 0ms, .first = 0});
  stage.advance(250ms);
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
  CHECK(stage.live().dropped == 1);
  stage.runner().cut_off();
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 2});
  stage.advance(100ms);
  CHECK(counts(stage.live()) == Counts{2, 3, 0, 2});
  stage.runner().end();
  CHECK(counts(stage.live()) == Counts{0, 3, 0, 3});
  CHECK(stage.finished);
}
