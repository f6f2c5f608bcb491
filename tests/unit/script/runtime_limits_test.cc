#include <chrono>
#include <thread>

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using namespace std::chrono_literals;

TEST_CASE("a VU that keeps too much fails with its line, and the others go on") {
  FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = "test.lua";
  config.source =
      "return function()\n"
      "  local t = {}\n"
      "  for i = 1, __VU == 1 and 1e9 or 1e5 do\n"
      "    t[i] = { i }\n"
      "  end\n"
      "  return #t\n"
      "end";
  config.memory_limit = std::size_t{32} * 1024 * 1024;
  const auto runtime = script::Runtime::create(host, config, store);
  REQUIRE(runtime.ok());
  auto greedy = script::VuScript::create(*runtime.value(), 1);
  auto modest = script::VuScript::create(*runtime.value(), 2);
  for (int round = 0; round < 3; ++round) {
    CHECK(greedy.value()->start("default", script::Stage::kIteration) == script::Outcome::kFailed);
    CHECK(greedy.value()->error().starts_with("test.lua:4: not enough memory: "));
    CHECK(greedy.value()->error().find("stack traceback:") != std::string::npos);
    CHECK(runtime.value()->memory().take_exceeded());
    CHECK(modest.value()->start("default", script::Stage::kIteration) ==
          script::Outcome::kFinished);
    CHECK(modest.value()->returned_json().value() == "100000");
  }
}

#ifndef __SANITIZE_THREAD__  // see interrupter_test.cc

TEST_CASE("a VU that does not come back is stopped, and the others go on") {
  ScriptWorld world(script_of(
      "while __VU == 1 do pcall(function() while true do local f = function() end end end) end"));
  const auto stuck = world.vu(1);
  const auto other = world.vu(2);
  std::string error;
  std::thread worker([&] {
    const script::Interrupter::Binding binding(world.runtime->interrupter());
    error = world.run(*stuck);
    world.runtime->interrupter().clear();
  });
  std::this_thread::sleep_for(20ms);
  world.runtime->interrupter().request_stop("interrupted: the run was over");
  worker.join();
  CHECK(error.starts_with("error: test.lua:3: interrupted: the run was over"));
  CHECK(world.run(*other) == kNothing);
}

#endif
