#include "run/coordinator.h"

#include "support/catch.h"
#include "test_run.h"

using namespace loadrun;
using namespace loadrun::test;

// The phase table of Coordinator, without its signal column: in real time, each run shorter than
// the polls and timeouts it is made of.

namespace {

/// A script with counters for what ran: `options`, the rest of the returned table and init code.
std::string script_with(const std::string& options, const std::string& functions,
                        const std::string& top = "") {
  return "local k6, metrics = require 'k6', require 'k6/metrics'\n"
         "local tore_down, iterated = metrics.Counter('tore_down'), metrics.Counter('iterated')\n" +
         top + "\nreturn { options = { " + options + " },\n" +
         "default = function(data) iterated:add(1) if type(data) == 'table' then "
         "iterated:add(data.add) end end,\n" +
         functions + "}";
}

constexpr const char* kTeardown = "teardown = function(data) tore_down:add(1) end,";

}  // namespace

TEST_CASE("setup, scenarios and teardown run in this order; the data goes from one to the next") {
  TestRun test(script_with("vus = 2, iterations = 4",
                           "setup = function() return { add = 10, list = { 1 } } end,\n"
                           "teardown = function(data) tore_down:add(data.list[1]) end,"));
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kOk);
  CHECK(result.setup_data == R"({"add":10,"list":[1]})");
  CHECK(test.count("iterated") == 44);
  CHECK(test.count("iterations") == 4);
  CHECK(test.count("tore_down") == 1);
  CHECK(result.elapsed > 0ns);
}

TEST_CASE("without setup and teardown there is no data") {
  TestRun test(script_with("iterations = 1", ""));
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kOk);
  CHECK_FALSE(result.setup_data.has_value());
  CHECK(test.count("iterated") == 1);
}

TEST_CASE("an error in setup ends the run with 107: no scenarios, no teardown") {
  TestRun test(script_with("iterations = 1",
                           std::string("setup = function() error('no') end,") + kTeardown));
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations") == 0);
  CHECK(test.count("tore_down") == 0);
}

TEST_CASE("setup that returns what has no JSON form ends the run with 107") {
  TestRun test(script_with("iterations = 1", "setup = function() return print end,"));
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations") == 0);
}

TEST_CASE("setup that takes too long ends the run with 100") {
  TestRun test(script_with("iterations = 1, setupTimeout = '1s'",
                           std::string("setup = function() k6.sleep(60) end,") + kTeardown));
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kSetupTimeout);
  CHECK(result.elapsed >= 1s);
  CHECK(result.elapsed < 20s);
  CHECK(test.count("iterations") == 0);
  CHECK(test.count("tore_down") == 0);
}

TEST_CASE("an error of a VU's init code ends the run with 107") {
  TestRun test(
      script_with("vus = 2, iterations = 2", kTeardown, "if __VU == 2 then error('init') end"));
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations") == 0);
  CHECK(test.count("tore_down") == 0);
}

TEST_CASE("an error in an iteration is logged and counted only") {
  TestRun test(
      "local left = 2\n"
      "return { options = { iterations = 3 }, default = function()\n"
      "  left = left - 1 if left >= 0 then error('x') end end }");
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kOk);
  CHECK(result.reason.empty());
  CHECK(test.count("iterations") == 3);
  CHECK(test.count("iterations_failed") == 2);
  const auto& errors = test.totals().errors().iterations;
  REQUIRE(errors.entries().size() == 1);
  CHECK(errors.entries().begin()->first == metrics::RaisedError{"test.lua", 3, "x"});
  CHECK(errors.total() == 2);
}

TEST_CASE("a run in which every iteration raised ends with 107") {
  TestRun test("return { options = { iterations = 3 }, default = function() error('x') end }", 2);
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kScriptException);
  CHECK(result.reason == "every iteration raised an error (3 of 3)");
  CHECK(test.count("iterations") == 3);
  CHECK(test.count("iterations_failed") == 3);
}

TEST_CASE("iterations that were interrupted do not save such a run") {
  TestRun test(
      "local k6 = require 'k6'\n"
      "return { options = { scenarios = { s = { executor = 'per-vu-iterations', vus = 2,\n"
      "  iterations = 1, maxDuration = '1s', gracefulStop = '0s' } } },\n"
      "  default = function() if __VU == 1 then k6.sleep(60) end error('x') end }");
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations") == 1);
}

TEST_CASE("a run whose iterations were all interrupted is not one in which all raised") {
  TestRun test(
      "local k6 = require 'k6'\n"
      "return { options = { scenarios = { s = { executor = 'per-vu-iterations',\n"
      "  maxDuration = '1s', gracefulStop = '0s' } } }, default = function() k6.sleep(60) end }");
  CHECK(test.run().code == ExitCode::kOk);
}

TEST_CASE("k6's exit codes come before that of iterations that all raised") {
  const std::string raise =
      "default = function() require('k6/execution').test.fail('bad') error('x') end }";
  TestRun crossed(
      "return { options = { iterations = 1, thresholds = { iterations = { 'count>5' } } }, " +
      raise);
  CHECK(crossed.run().code == ExitCode::kThresholdsFailed);
  TestRun marked("return { options = { iterations = 1 }, " + raise);
  CHECK(marked.run().code == ExitCode::kMarkedAsFailed);
}

TEST_CASE("thresholds on iterations that raised; errors of setup and teardown are none") {
  TestRun test(
      "return { options = { iterations = 2, thresholds = { iterations_failed = { 'count<1' },\n"
      "  ['iterations_failed{scenario:default}'] = { 'count<1' } } },\n"
      "  setup = function() error('no') end, default = function() end }");
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations_failed") == 0);
  CHECK(test.totals().errors().iterations.total() == 0);
  TestRun failing(
      "local first = true\n"
      "return { options = { iterations = 2,\n"
      "  thresholds = { ['iterations_failed{scenario:default}'] = { 'count<1' } } },\n"
      "  default = function() if first then first = false error('x') end end }");
  CHECK(failing.run().code == ExitCode::kThresholdsFailed);
}

TEST_CASE("an error in teardown ends the run with 107") {
  TestRun test(
      script_with("iterations = 1", "teardown = function() tore_down:add(1) error('x') end,"));
  CHECK(test.run().code == ExitCode::kScriptException);
  CHECK(test.count("iterations") == 1);
  CHECK(test.count("tore_down") == 1);
}

TEST_CASE("teardown that takes too long ends the run with 101") {
  TestRun test(script_with("iterations = 1, teardownTimeout = '1s'",
                           "teardown = function() tore_down:add(1) k6.sleep(60) end,"));
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kTeardownTimeout);
  CHECK(result.elapsed < 20s);
  CHECK(test.count("tore_down") == 1);
}

TEST_CASE("what teardown returns does not matter") {
  TestRun test(script_with("iterations = 1", "teardown = function() return print end,"));
  CHECK(test.run().code == ExitCode::kOk);
}

TEST_CASE("a threshold that fails at the end gives 99, unless something ended the run before") {
  const std::string failing = "iterations = 1, thresholds = { iterated = { 'count>5' } }";
  TestRun alone(script_with(failing, kTeardown));
  CHECK(alone.run().code == ExitCode::kThresholdsFailed);
  CHECK(alone.count("tore_down") == 1);
  TestRun after_error(script_with(failing, "setup = function() error('no') end,"));
  CHECK(after_error.run().code == ExitCode::kScriptException);
  TestRun fine(script_with("iterations = 1, thresholds = { iterated = { 'count==1' } }", ""));
  CHECK(fine.run().code == ExitCode::kOk);
}

TEST_CASE("a threshold with abortOnFail interrupts the scenarios and runs teardown") {
  TestRun test(
      "local k6, metrics = require 'k6', require 'k6/metrics'\n"
      "local started, tore_down = metrics.Counter('started'), metrics.Counter('tore_down')\n"
      "return { options = { vus = 1, duration = '60s', thresholds = { started = {\n"
      "  { threshold = 'count<1', abortOnFail = true } } } },\n"
      "  default = function() started:add(1) k6.sleep(50) end,\n"
      "  teardown = function() tore_down:add(1) end }");
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kThresholdsFailed);
  CHECK(result.elapsed >= 2s);
  CHECK(result.elapsed < 30s);
  CHECK(test.count("started") == 1);
  CHECK(test.count("iterations") == 0);
  CHECK(test.count("tore_down") == 1);
}

TEST_CASE("a worker that has no VU of a scenario does not wait for its maxDuration") {
  TestRun test(
      "return { options = { scenarios = {\n"
      "  a = { executor = 'per-vu-iterations', vus = 1, iterations = 1, maxDuration = '30s' },\n"
      "  b = { executor = 'shared-iterations', vus = 1, iterations = 1, maxDuration = '30s' } } "
      "},\n"
      "  default = function() end }",
      2);
  const run::RunResult result = test.run();
  CHECK(result.code == ExitCode::kOk);
  CHECK(test.count("iterations") == 2);
  CHECK(result.elapsed < 10s);
}

TEST_CASE("arrivals that found no VU are in the run's health, those that waited in vain apart") {
  const auto options = [](const std::string& more) {
    return "scenarios = { open = { executor = 'constant-arrival-rate', rate = 40, duration = '1s', "
           "preAllocatedVUs = 1, gracefulStop = '0s'" +
           more + " } }";
  };
  const auto run = [&](const std::string& more) {
    TestRun test("local k6 = require 'k6' return { options = { " + options(more) +
                 " }, default = function() k6.sleep(0.2) end }");
    metrics::Health health = test.run().health;
    CHECK(health.file_limit.value_or(0) > 0);
    CHECK(health.lost_workers == 0);
    CHECK(static_cast<double>(health.dropped + health.unscheduled) ==
          test.count("dropped_iterations"));
    return health;
  };
  const metrics::Health dropping = run("");
  CHECK(dropping.dropped > 20);
  CHECK(dropping.unscheduled == 0);
  std::int64_t dropped = 0;
  for (const metrics::WorkerSecond& second : dropping.workers) dropped += second.dropped;
  CHECK(dropped == dropping.dropped);

  const metrics::Health queueing = run(", lateStart = 'queue'");
  CHECK(queueing.dropped == 0);
  CHECK(queueing.unscheduled > 20);
  Nanoseconds lag{0};
  for (const metrics::WorkerSecond& second : queueing.workers) {
    lag = std::max(lag, second.iteration_lag);
  }
  CHECK(lag > 100ms);
}

TEST_CASE("iterations of closed scenarios that were left over are no arrivals") {
  TestRun test(
      "local k6 = require 'k6' return { options = { scenarios = { closed = { executor = "
      "'shared-iterations', iterations = 100, maxDuration = '1s', gracefulStop = '0s' } } "
      "}, default = function() k6.sleep(0.1) end }");
  const metrics::Health health = test.run().health;
  CHECK(test.count("dropped_iterations") > 50);
  CHECK(health.dropped == 0);
  for (const metrics::WorkerSecond& second : health.workers) CHECK(second.dropped == 0);
}
