#include "plan/options.h"
#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

namespace {

/// A world whose iteration is `code` with `exec` at hand, and a plan of one scenario.
struct ExecutionWorld : ScriptWorld {
  explicit ExecutionWorld(std::string_view code)
      : ScriptWorld(script_of(code, "local exec = require 'k6/execution'")) {
    auto layer = plan::options_from_json(
        "script options",
        R"({"scenarios":{"buy":{"executor":"shared-iterations","vus":2,"iterations":9}}})");
    REQUIRE(layer.ok());
    auto plan = plan::resolve({layer.value()}, {"default"});
    REQUIRE(plan.ok());
    host.test_plan = plan.value();
  }
};

}  // namespace

TEST_CASE("exec.scenario and exec.vu say what runs") {
  ExecutionWorld world(
      "local s, v = exec.scenario, exec.vu\n"
      "return { s.name, s.executor, s.startTime, s.progress, s.iterationInInstance, "
      "s.iterationInTest, v.idInInstance, v.idInTest, v.iterationInInstance, "
      "v.iterationInScenario, s.nothing == nil }");
  const auto vu = world.vu(3);
  world.host.scenario_info = {.start_ms = 1700000000123, .progress = 0.25};
  vu->begin_iteration({.in_instance = 7, .in_test = 21, .of_vu = 4, .of_vu_in_scenario = 2});
  CHECK(world.run(*vu) == R"(["buy","shared-iterations",1700000000123,0.25,7,21,3,3,4,2,true])");
}

TEST_CASE("the stage helpers go by the time since the scenario's start") {
  ExecutionWorld world(
      "local utils = require 'k6-utils'\n"
      "return utils.getCurrentStageIndex()");
  auto layer = plan::options_from_json(
      "script options",
      R"({"stages":[{"duration":"1s","target":2},{"duration":"2s","target":1}],"startVUs":0})");
  REQUIRE(layer.ok());
  auto plan = plan::resolve({layer.value()}, {"default"});
  REQUIRE(plan.ok());
  world.host.test_plan = plan.value();
  const auto vu = world.vu();
  world.host.scenario_info.elapsed = 999ms;
  CHECK(world.run(*vu) == "0");
  world.host.scenario_info.elapsed = 1s;
  CHECK(world.run(*vu) == "1");
}

TEST_CASE("exec.instance says what the whole process does") {
  ExecutionWorld world(
      "local i = exec.instance\nreturn { i.currentTestRunDuration, i.iterationsCompleted, "
      "i.iterationsInterrupted, i.vusActive, i.vusInitialized }");
  world.host.instance_info = {1500ms, 10, 2, 3, 4};
  CHECK(world.run(*world.vu()) == "[1500,10,2,3,4]");
}

TEST_CASE("the views can be walked through, and are read-only") {
  ExecutionWorld world(
      "local names = {}\nfor name in pairs(exec.vu) do names[#names + 1] = name end\n"
      "table.sort(names)\nreturn { table.concat(names, ' '), "
      "select(2, pcall(function() exec.scenario.name = 'x' end)) }");
  const std::string result = world.run(*world.vu());
  contains(result, "idInInstance idInTest iterationInInstance iterationInScenario metrics tags");
  contains(result, "exec.scenario is read-only");
}

TEST_CASE("outside of iterations there is no scenario; setup and teardown have a VU") {
  ScriptWorld world(
      "local exec = require 'k6/execution'\nreturn { default = function() end,\n"
      "setup = function() return { exec.vu.idInTest, (pcall(function() return "
      "exec.scenario.name end)) } end }");
  const auto vu = world.vu(0);
  REQUIRE(vu->start("setup", Stage::kSetup) == Outcome::kFinished);
  CHECK(vu->returned_json().value() == "[0,false]");
}

TEST_CASE("exec.test.options are the consolidated ones") {
  ExecutionWorld world("return exec.test.options.scenarios.buy.iterations");
  CHECK(world.run(*world.vu()) == "9");
}

TEST_CASE("tags set by a VU stay on all of its samples until it gets another scenario") {
  ExecutionWorld world(
      "exec.vu.metrics.tags.first = (exec.vu.tags.first or '') .. 'x'\n"
      "k6.check(1, { c = true })\n"
      "k6.group('g', function() return exec.vu.tags.group end)\n"
      "return exec.vu.tags.first");
  const auto vu = world.vu();
  CHECK(world.run(*vu) == R"("x")");
  CHECK(world.run(*vu) == R"("xx")");
  const auto checks = world.host.measured.take("checks");
  REQUIRE(checks.size() == 2);
  CHECK(metrics::tag_value(checks[0].tags, "first") == "x");
  CHECK(metrics::tag_value(checks[1].tags, "first") == "xx");
  vu->set_base_tags(world.host.tags().empty());
  CHECK(world.run(*vu) == R"("x")");
}

TEST_CASE("tags can be walked through; metadata is kept apart") {
  ExecutionWorld world(
      "exec.vu.tags.a = 1 exec.vu.metrics.metadata.trace = 'id' exec.vu.metrics.metadata.n = true\n"
      "local tags = {} for name, value in pairs(exec.vu.tags) do tags[name] = value end\n"
      "local data = {} for name, value in pairs(exec.vu.metrics.metadata) do data[name] = value "
      "end\nreturn { tags, data, exec.vu.tags.trace == nil }");
  CHECK(world.run(*world.vu()) == R"([{"a":"1","group":""},{"n":"true","trace":"id"},true])");
}

TEST_CASE("test.abort ends the iteration there: not even pcall goes on") {
  ExecutionWorld world(
      "k6.spawn(function() k6.sleep(1) k6.check(1, { never = true }) end)\nk6.sleep(0.5)\n"
      "pcall(function() exec.test.abort('mayday') end)\nk6.check(1, { never = true })");
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  CHECK(world.wake_next(*vu) == Outcome::kSuspended);
  CHECK(world.host.aborts == std::vector<std::string>{"test aborted: mayday"});
  CHECK(world.wake_next(*vu) == Outcome::kSuspended);  // the other task does not go on either
  CHECK(world.host.measured.take("checks").empty());
  vu->abandon();
  CHECK(world.host.sleeps.empty());
}

TEST_CASE("test.abort without a message, and where nothing can wait") {
  ExecutionWorld world("table.sort({ 2, 1 }, function(a, b) exec.test.abort() return a < b end)");
  contains(world.run(*world.vu()), "test aborted");
  CHECK(world.host.aborts == std::vector<std::string>{"test aborted"});
}

TEST_CASE("test.abort in the init context ends the init, even if the script catches it") {
  ScriptWorld world(
      "local exec = require 'k6/execution'\npcall(exec.test.abort, 'foo')\n"
      "return function() end");
  const auto created = script::VuScript::create(*world.runtime, 0);
  REQUIRE_FALSE(created.ok());
  CHECK(created.error().code == ExitCode::kScriptAborted);
  CHECK(created.error().message == "test aborted: foo");
  CHECK(world.host.aborts.empty());
}

TEST_CASE("test.fail marks the test and goes on") {
  ExecutionWorld world("exec.test.fail('a custom reason') return 'went on'");
  CHECK(world.run(*world.vu()) == R"("went on")");
  CHECK(world.host.failures == 1);
}

TEST_CASE("randomSeed takes the place of the run's seed, for this VU") {
  const auto draws = [](const char* code, std::uint64_t seed) {
    ScriptWorld world(script_of("return math.random(1e9)", code), "test.lua", seed);
    const auto vu = world.vu();
    vu->begin_iteration({.random_key = 5});
    return world.run(*vu);
  };
  CHECK(draws("k6.randomSeed(42)", 1) == draws("k6.randomSeed(42)", 2));
  CHECK(draws("k6.randomSeed(42)", 1) != draws("k6.randomSeed(43)", 1));
  CHECK(draws("", 1) != draws("", 2));
  contains(result_of("k6.randomSeed('x')"), "randomSeed: expected a number, got a string");
}
