#include "script/task.h"

#include <fmt/format.h>

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

// k6.spawn, k6.all and k6/timers in every combination with waiting, pcall, coroutines, errors,
// cancellation and the end of the iteration.

namespace {

/// What the iteration `code` returns, where `note(x)` collects texts in `log`.
std::string run_noting(std::string_view code) {
  return result_of(code,
                   "local log = {}\nlocal function note(text) log[#log + 1] = text end\n"
                   "local timers = require 'k6/timers'\n"
                   "local function notes() return table.concat(log, ' ') end");
}

std::string group_of(const Measured& measured) {
  return std::string(metrics::tag_value(measured.tags, "group"));
}

}  // namespace

TEST_CASE("a spawned task begins when the running one waits, and they take turns") {
  CHECK(run_noting("k6.spawn(function(a, b) note('task ' .. a .. b) k6.sleep(2) note('woke') end, "
                   "1, 2)\n"
                   "note('main') k6.sleep(1) note('slept') k6.sleep(2)\n"
                   "return notes()") == R"("main task 12 slept woke")");
}

TEST_CASE("the iteration lasts until all of its tasks have ended") {
  ScriptWorld world(
      script_of("k6.spawn(function() k6.sleep(5) k6.check(1, { done = true }) end) return 'main'"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  CHECK(vu->suspended());
  CHECK(world.wake_next(*vu) == Outcome::kFinished);
  CHECK(vu->returned_json().value() == "\"main\"");
  CHECK(world.host.measured.take("checks").size() == 1);
}

TEST_CASE("await gives what the task returned, whenever that was") {
  CHECK(run_noting("local t = k6.spawn(function() k6.sleep(1) return 1, nil, 3 end)\n"
                   "local a, b, c = t:await()\nlocal d, e, f = t:await()\n"
                   "return { a, b == nil, c, d, e == nil, f }") == "[1,true,3,1,true,3]");
  CHECK(run_noting("local t = k6.spawn(function() return 'early' end)\nk6.sleep(1)\n"
                   "return t:await()") == R"("early")");
  CHECK(run_noting("local t = k6.spawn(function() end) return select('#', t:await())") == "0");
}

TEST_CASE("await raises the task's error, with its traceback; pcall catches it") {
  const std::string error = run_noting(
      "local function deep() k6.sleep(1) error('deep down') end\n"
      "local t = k6.spawn(deep)\nt:await()");
  contains(error, "error: test.lua:6: deep down");
  contains(error, "in function <test.lua:6>");
  CHECK(run_noting("local t = k6.spawn(function() error({ code = 7 }) end)\n"
                   "local ok, problem = pcall(t.await, t)\nreturn { ok, problem.code }") ==
        "[false,7]");
  CHECK(run_noting("local t = k6.spawn(function() k6.sleep(1) error('x', 0) end)\n"
                   "local ok, problem = pcall(function() t:await() end)\n"
                   "local again, same = pcall(t.await, t)\n"
                   "return { ok, problem, again, same }") == R"([false,"x",false,"x"])");
}

TEST_CASE("an error that nobody awaits fails the iteration when all tasks have ended") {
  ScriptWorld world(
      script_of("k6.spawn(function() error('lost') end)\nk6.spawn(function() k6.sleep(1) "
                "k6.check(1, { other = true }) end)\nk6.sleep(0.5)"));
  const auto vu = world.vu();
  contains(world.run(*vu), "error: test.lua:3: lost");
  CHECK(world.host.measured.take("checks").size() == 1);
  CHECK(world.run(*vu).substr(0, 6) == "error:");  // and the VU can be used again
}

TEST_CASE("an error of the main task ends the iteration and cancels the others") {
  ScriptWorld world(
      script_of("k6.spawn(function() k6.sleep(9) k6.check(1, { never = true }) end)\n"
                "k6.sleep(1) error('main failed')"));
  const auto vu = world.vu();
  contains(world.run(*vu), "error: test.lua:4: main failed");
  CHECK(world.host.sleeps.empty());
  CHECK(world.host.measured.take("checks").empty());
}

TEST_CASE("cancel ends a task that waits, or has not begun, and those that await it") {
  CHECK(run_noting("local t = k6.spawn(function() note('began') k6.sleep(9) note('never') end)\n"
                   "k6.sleep(1)\n"
                   "note(tostring(t:cancel())) note(tostring(t:cancel()))\n"
                   "return notes()") == R"("began true false")");
  CHECK(run_noting("local t = k6.spawn(function() note('never') end)\n"
                   "note(tostring(t:cancel())) k6.sleep(1) return notes()") == R"("true")");
  contains(run_noting("local t = k6.spawn(k6.sleep, 9)\n"
                      "k6.spawn(function() note(select(2, pcall(t.await, t))) end)\n"
                      "k6.sleep(1) t:cancel() k6.sleep(1) return notes()"),
           "the task was cancelled");
  CHECK(run_noting("local t = k6.spawn(function() return 1 end) k6.sleep(1)\n"
                   "return { t:cancel(), t:await() }") == "[false,1]");
}

TEST_CASE("a task cannot cancel or await itself, and tasks that wait for each other are an error") {
  contains(run_noting("local t t = k6.spawn(function() t:cancel() end)"), "cannot cancel itself");
  contains(run_noting("local t t = k6.spawn(function() t:await() end)"), "cannot await itself");
  contains(run_noting("local a, b\na = k6.spawn(function() b:await() end)\n"
                      "b = k6.spawn(function() a:await() end)"),
           "wait for each other");
}

TEST_CASE("abandon drops all tasks and their operations") {
  ScriptWorld world(
      script_of("k6.spawn(k6.sleep, 5) k6.spawn(k6.sleep, 6)\n"
                "k6.spawn(http.get, 'http://h/') k6.sleep(7)"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  CHECK(world.host.sleeps.size() == 3);
  CHECK(world.host.calls.size() == 1);
  vu->abandon();
  CHECK(world.host.sleeps.empty());
  CHECK(world.host.calls.empty());
  CHECK_FALSE(vu->suspended());
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  vu->abandon();
}

TEST_CASE("requests of several tasks are in flight together, each task gets its response") {
  ScriptWorld world(script_of(
      "local function get(path) return http.get('http://h/' .. path).body end\n"
      "local r = k6.all({ k6.spawn(get, 'a'), k6.spawn(get, 'b'), function() return get('c') end "
      "})\nreturn table.concat(r, ',')"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  REQUIRE(world.host.calls.size() == 3);
  Outcome outcome = Outcome::kSuspended;
  while (!world.host.calls.empty()) {  // the last one answers first
    const FakeHost::StartedCall call = world.host.calls.back();
    world.host.calls.pop_back();
    net::HttpResult result = response(200, call.call.request.url.substr(9));
    outcome = vu->resume(*call.task, result);
  }
  CHECK(outcome == Outcome::kFinished);
  CHECK(vu->returned_json().value() == "\"a,b,c\"");
}

TEST_CASE("all keeps keys, runs functions, takes what has ended, and raises the first error") {
  CHECK(run_noting("local r = k6.all({ a = function() k6.sleep(2) return 'x' end,\n"
                   "b = function() return 'y', 'dropped' end })\nreturn { r.a, r.b }") ==
        R"(["x","y"])");
  CHECK(run_noting("return #k6.all({})") == "0");
  CHECK(run_noting("local ok, problem = pcall(k6.all, {\n"
                   "function() k6.sleep(5) note('slow went on') end,\n"
                   "function() k6.sleep(1) error('second', 0) end })\n"
                   "note(problem) k6.sleep(9) return notes()") == R"("second slow went on")");
  contains(run_noting("k6.all(5)"), "all: expected a table of tasks or functions, got a number");
  contains(run_noting("k6.all({ 5 })"),
           "test.lua:6: all: expected tasks or functions, got a number");
}

TEST_CASE("all takes more tasks than a call can have arguments") {
  CHECK(run_noting("local entries = {}\n"
                   "for i = 1, 1000 do entries[i] = function() k6.sleep((1000 - i) / 100) "
                   "return i end end\n"
                   "local sum = 0 for _, n in ipairs(k6.all(entries)) do sum = sum + n end\n"
                   "return sum") == "500500");
}

TEST_CASE("each task has its own group, and begins with the one it was spawned in") {
  ScriptWorld world(
      script_of("local t\n"
                "k6.group('outer', function()\n"
                "  t = k6.spawn(function() k6.group('inner', function() k6.sleep(2) "
                "k6.check(1, { inner = true }) end) k6.check(1, { task = true }) end)\n"
                "  k6.sleep(1)\nend)\n"
                "k6.check(1, { main = true }) t:await() k6.check(1, { after = true })"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == kNothing);
  std::vector<std::string> groups;
  for (const Measured& check : world.host.measured.take("checks")) {
    groups.push_back(std::string(metrics::tag_value(check.tags, "check")) + group_of(check));
  }
  std::sort(groups.begin(), groups.end());
  CHECK(groups == std::vector<std::string>{"after", "inner::outer::inner", "main", "task::outer"});
}

TEST_CASE("coroutines of the script wait inside tasks; another task cannot resume them meanwhile") {
  CHECK(run_noting("local function counter(name)\n"
                   "  return coroutine.wrap(function() for i = 1, 2 do k6.sleep(1) "
                   "coroutine.yield(name .. i) end end)\nend\n"
                   "local function drain(name) local next_one = counter(name)\n"
                   "  note(next_one()) note(next_one()) end\n"
                   "k6.all({ k6.spawn(drain, 'a'), k6.spawn(drain, 'b') })\n"
                   "return notes()") == R"("a1 b1 a2 b2")");
  CHECK(run_noting("local co = coroutine.create(function() k6.sleep(2) return 'own' end)\n"
                   "local t = k6.spawn(function() return select(2, coroutine.resume(co)) end)\n"
                   "k6.sleep(1)\n"
                   "local ok, why = coroutine.resume(co)\n"
                   "note(tostring(ok) .. ' ' .. coroutine.status(co) .. ' ' .. t:await() .. ' ' .. "
                   "why)\nreturn notes()") ==
        R"("false normal own cannot resume a coroutine that waits in another task")");
}

TEST_CASE("tasks draw random numbers of their own, whatever order they run in") {
  const auto draws = [](const char* first, const char* second) {
    return run_noting(std::string("local draws = {}\n"
                                  "local function draw(name, wait) k6.sleep(wait) draws[name] = "
                                  "math.random(1e9) end\n"
                                  "k6.all({ k6.spawn(draw, 'a', ") +
                      first + "), k6.spawn(draw, 'b', " + second + ") })\nreturn draws");
  };
  const std::string early = draws("1", "2");
  CHECK(early == draws("2", "1"));
  CHECK(early.find("error") == std::string::npos);
}

TEST_CASE("nothing can be spawned in the init context, nor awaited where nothing can wait") {
  ScriptWorld world("require('k6').spawn(function() end)\nreturn function() end");
  contains(world.init_error(), "spawn is not available in the init context");
  contains(run_noting("local t = k6.spawn(k6.sleep, 1)\n"
                      "table.sort({ 2, 1 }, function(a, b) t:await() return a < b end)"),
           "await cannot wait here");
  contains(run_noting("k6.spawn(5)"), "spawn: expected a function, got a number");
}

TEST_CASE("timers call functions later, with their arguments, in the order of their times") {
  CHECK(
      run_noting("timers.setTimeout(function(...) note('b' .. select('#', ...)) end, 20, 1, nil)\n"
                 "timers.setTimeout(note, 10, 'a')\n"
                 "timers.setTimeout(note, nil, 'now')\n"
                 "note('main') k6.sleep(1) return notes()") == R"("main now a b2")");
}

TEST_CASE("cleared timers are not called; an interval ends when it clears itself") {
  CHECK(run_noting("local id = timers.setTimeout(note, 10, 'never')\n"
                   "timers.clearTimeout(id) timers.clearTimeout(id) timers.clearTimeout(99)\n"
                   "local n, every = 0\n"
                   "every = timers.setInterval(function() n = n + 1 note('tick')\n"
                   "  if n == 3 then timers.clearInterval(every) end end, 10)\n"
                   "k6.sleep(1) return notes()") == R"("tick tick tick")");
}

TEST_CASE("the timers are globals too") {
  CHECK(run_noting(
            "setTimeout(note, 20, 'b') clearTimeout(setTimeout(note, 10, 'never'))\n"
            "local every every = setInterval(function() note('a') clearInterval(every) end, 5)\n"
            "k6.sleep(1) return notes()") == R"("a b")");
  contains(run_noting("setTimeout(5)"),
           "test.lua:6: setTimeout: expected a function, got a number");
}

TEST_CASE("the iteration waits for its timers; an error in one ends it at once") {
  ScriptWorld world(
      "local timers, k6 = require 'k6/timers', require 'k6'\n"
      "return { default = function() timers.setTimeout(function() k6.check(1, { c = "
      "true }) end, 5000) end,\n"
      "fails = function() timers.setInterval(function() end, 100)\n"
      "timers.setTimeout(function() error('in a timer') end, 250) end }");
  const auto vu = world.vu();
  CHECK(world.run(*vu) == kNothing);
  CHECK(world.host.measured.take("checks").size() == 1);
  contains(world.run(*vu, "fails"), "in a timer");
  CHECK(world.host.sleeps.empty());
  contains(run_noting("timers.setTimeout(5)"), "setTimeout: expected a function, got a number");
}

TEST_CASE("tasks leave nothing behind: thousands of them, collected") {
  ScriptWorld world(
      script_of("for i = 1, 200 do k6.spawn(function() k6.sleep(i % 7 / 100) end) end\n"
                "kept = k6.spawn(function() return 'kept' end)"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == kNothing);
  // What a finalizer saw goes with the next cycle.
  const auto collected = [L = world.runtime->state()] {
    lua_gc(L, LUA_GCCOLLECT, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
    return lua_gc(L, LUA_GCCOUNT, 0);
  };
  const int before = collected();
  for (int i = 0; i < 20; ++i) CHECK(world.run(*vu) == kNothing);
  CHECK(collected() < before + 100);
}

TEST_CASE("a slice lasts from being resumed to waiting, and says at which line") {
  ScriptWorld world(
      "local k6 = require 'k6'\n"
      "local function doze()\n"
      "  k6.sleep(1)\n"
      "end\n"
      "return function()\n"
      "  doze()\n"
      "  k6.group('g', function()\n"
      "    k6.sleep(1)\n"
      "  end)\n"
      "end");
  const auto vu = world.vu();
  world.host.slices.clear();
  world.host.work = 30ms;
  CHECK(world.run(*vu) == kNothing);
  const auto& slices = world.host.slices;
  REQUIRE(slices.size() == 3);
  CHECK(slices[0].length == 30ms);
  CHECK(slices[0].place == "test.lua:3");
  CHECK(slices[1].length == 30ms);
  CHECK(slices[1].place == "test.lua:8");
  CHECK(slices[2].length == 0ms);
  CHECK(slices[2].place == "test.lua:5");  // the function that came to its end
}

TEST_CASE("the slices of spawned tasks and of those that fail have a place, too") {
  ScriptWorld world(script_of("\nk6.spawn(function() k6.sleep(1)\nerror('no') end)\nk6.sleep(3)"));
  const auto vu = world.vu();
  world.host.slices.clear();
  world.run(*vu);
  std::vector<std::string> places;
  for (const auto& slice : world.host.slices) places.push_back(slice.place);
  REQUIRE(places.size() >= 3);
  const std::string first = places[1].substr(places[1].find(':') + 1);
  const int line = std::stoi(first);
  CHECK(places[0] == fmt::format("test.lua:{}", line + 2));  // the main task comes to its sleep
  CHECK(places[2] == fmt::format("test.lua:{}", line + 1));  // raised
}

TEST_CASE("a function that the script took out of its exports has no place, and does no harm") {
  ScriptWorld world("local e = {} e.default = function() e.default = nil end return e");
  const auto vu = world.vu();
  CHECK(world.run(*vu) == kNothing);
  REQUIRE_FALSE(world.host.slices.empty());
  CHECK(world.host.slices.back().place.empty());
}
