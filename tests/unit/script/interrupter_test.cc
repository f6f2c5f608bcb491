#include "script/interrupter.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "script/lua_support.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::script;
using namespace std::chrono_literals;

// Signals reach a thread under ThreadSanitizer only when it calls something that the sanitizer
// intercepts, which a loop in Lua never does.
#ifndef __SANITIZE_THREAD__

namespace {

constexpr const char* kMessage = "interrupted: the run was over";
using Kind = ScriptSpot::Kind;

/// A coroutine that runs code of the file "script.lua" on a thread of its own.
class RunningScript {
 public:
  explicit RunningScript(const std::string& code, const char* chunk = "@script.lua")
      : state_(luaL_newstate()) {
    lua_State* L = state_.get();
    luaL_openlibs(L);
    interrupter.emplace(L);
    lua_pushlightuserdata(L, &started_);
    lua_pushcclosure(L, &RunningScript::note_start, 1);
    lua_setglobal(L, "started");
    coroutine_ = lua_newthread(L);
    const int status = luaL_loadbuffer(coroutine_, code.data(), code.size(), chunk);
    INFO(lua_tostring(coroutine_, -1));
    REQUIRE(status == 0);
    thread_ = std::thread([this] { run(); });
    while (!started_) std::this_thread::yield();
  }
  ~RunningScript() {
    if (thread_.joinable()) thread_.join();
  }
  RunningScript(const RunningScript&) = delete;
  RunningScript& operator=(const RunningScript&) = delete;

  /// Waits for the end; what the code returned, or its error.
  std::string end() {
    thread_.join();
    const char* text = lua_tostring(coroutine_, -1);
    return text == nullptr ? "nothing" : text;
  }
  std::string run_on_main(const char* code) {
    lua_State* L = state_.get();
    return luaL_dostring(L, code) == 0 ? "" : lua_tostring(L, -1);
  }
  lua_State* state() const { return state_.get(); }
  lua_State* coroutine() const { return coroutine_; }
  bool running() const { return !ended_; }
  /// Where it is once it is in compiled code of a known place; until it ends.
  ScriptSpot locate_compiled() {
    while (running()) {
      std::this_thread::sleep_for(20ms);  // an interpreted answer ends what the compiler records
      const auto spot = interrupter->locate(50ms);
      if (spot && spot->kind == Kind::kCompiled && !spot->place.empty()) return *spot;
    }
    return {};
  }

 private:
  static int note_start(lua_State* L) {
    context_of<std::atomic<bool>>(L) = true;
    return 0;
  }
  void run() {
    const Interrupter::Binding binding(*interrupter);
    lua_resume(coroutine_, 0);
    ended_ = true;
  }

  LuaState state_;

 public:
  std::optional<Interrupter> interrupter;

 private:
  std::atomic<bool> started_{false}, ended_{false};
  lua_State* coroutine_ = nullptr;
  std::thread thread_;
};

}  // namespace

TEST_CASE("an interpreted loop is stopped with its file and line") {
  RunningScript script("jit.off()\nstarted()\nwhile true do\n  local x = 1\nend");
  script.interrupter->request_stop(kMessage);
  const std::string error = script.end();
  CHECK((error == "script.lua:3: interrupted: the run was over" ||
         error == "script.lua:4: interrupted: the run was over"));
}

TEST_CASE("a loop that catches errors is stopped too") {
  RunningScript script(
      "jit.off()\nstarted()\nwhile true do pcall(function() while true do end end) end");
  script.interrupter->request_stop(kMessage);
  CHECK(script.end() == "script.lua:3: interrupted: the run was over");
}

TEST_CASE("loops in coroutines, comparators and callbacks are stopped too") {
  for (const char* code : {"coroutine.wrap(function() started() while true do end end)()",
                           "table.sort({2, 1}, function() started() while true do end end)",
                           "string.gsub('x', 'x', function() started() while true do end end)",
                           "xpcall(function() started() while true do end end, debug.traceback)"}) {
    RunningScript script(std::string("jit.off() ") + code + " while true do end");
    script.interrupter->request_stop(kMessage);
    // Twice where coroutine.wrap puts the place before the error once more.
    CHECK(script.end().ends_with("script.lua:1: interrupted: the run was over"));
  }
}

TEST_CASE("a loop that the JIT compiler gives up on is stopped with the JIT compiler on") {
  RunningScript script("started()\nwhile true do\n  local f = function() end\nend");
  script.interrupter->request_stop(kMessage);
  CHECK(script.end().find(kMessage) != std::string::npos);
}

TEST_CASE("what calls C functions all the time is stopped when one returns") {
  RunningScript script("started()\nwhile true do\n  string.find(('a'):rep(50), '.-.-b')\nend");
  script.interrupter->request_stop(kMessage);
  CHECK(script.end() == "script.lua:3: interrupted: the run was over");
}

TEST_CASE("after clear the state runs as before") {
  RunningScript script("jit.off() started() while true do end");
  script.interrupter->request_stop(kMessage);
  CHECK(script.end() == "script.lua:1: interrupted: the run was over");
  CHECK(lua_gethook(script.state()) != nullptr);
  CHECK(script.run_on_main("for i = 1, 100 do end").empty());  // engine code is not protected
  script.interrupter->clear();
  CHECK(lua_gethook(script.state()) == nullptr);
  CHECK(script.run_on_main("assert(coroutine.wrap(function() return 7 end)() == 7)").empty());
}

TEST_CASE("an interpreted loop is located and goes on") {
  RunningScript script(R"(jit.off()
local sum = 0
started()
for i = 1, 3e7 do
  sum = sum + 1 end
return sum)");
  const auto spot = script.interrupter->locate(10s);
  const auto again = script.interrupter->locate(10s);
  CHECK(script.end() == "30000000");
  REQUIRE(spot);
  CHECK(spot->kind == Kind::kInterpreted);
  CHECK((spot->place == "script.lua:4" || spot->place == "script.lua:5"));
  REQUIRE(again);
  CHECK(again->kind == Kind::kInterpreted);
  CHECK(lua_gethook(script.state()) == nullptr);
}

TEST_CASE("a compiled loop is located, goes on, and is stopped when it ends") {
  RunningScript script(R"(local sum = 0
started()
for i = 1, 1e9 do
  sum = sum + 1
end
done = sum
return sum)");
  std::this_thread::sleep_for(50ms);
  const auto spot = script.interrupter->locate(100ms);
  script.interrupter->request_stop(kMessage);
  const std::string error = script.end();
  REQUIRE(spot);
  CHECK(spot->kind == Kind::kCompiled);
  CHECK(spot->place == "script.lua:3");
  // Only what the last iterations do is interpreted.
  CHECK(error.find(kMessage) != std::string::npos);
}

TEST_CASE("a compiled loop that was located ends as if nothing had happened") {
  RunningScript script("local sum = 0 started() for i = 1, 5e8 do sum = sum + 1 end return sum");
  std::this_thread::sleep_for(50ms);
  const auto spot = script.interrupter->locate(50ms);
  CHECK(script.end() == "500000000");
  REQUIRE(spot);
  CHECK(spot->kind == Kind::kCompiled);
  CHECK(lua_gethook(script.state()) == nullptr);
}

TEST_CASE("a C function that does not come back is told apart") {
  RunningScript script(
      "local s, p = ('a'):rep(24), ('a?'):rep(24) .. ('a'):rep(24)\n"
      "started() return tostring(string.find(s, p) == 1)");
  const auto spot = script.interrupter->locate(50ms);
  CHECK(script.end() == "true");
  REQUIRE(spot);
  CHECK(spot->kind == Kind::kNative);
  CHECK(spot->place.empty());
}

TEST_CASE("flushed traces are forgotten") {
  RunningScript script(R"(for i = 1, 1000 do end
jit.flush()
jit.off()
local s, p = ('a'):rep(24), ('a?'):rep(24) .. ('a'):rep(24)
jit.on()
started()
for i = 1, 5e8 do end
return "end")");
  std::this_thread::sleep_for(50ms);
  const auto spot = script.interrupter->locate(50ms);
  CHECK(script.end() == "end");
  REQUIRE(spot);
  CHECK(spot->place == "script.lua:7");
}

TEST_CASE("an endless compiled loop is located in a process that gives it up") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    RunningScript script("local function f()\n started()\n while true do end\nend\nf()");
    std::this_thread::sleep_for(50ms);
    script.interrupter->request_stop(kMessage);
    const auto spot = script.interrupter->locate(100ms);
    const bool found = spot && spot->kind == Kind::kCompiled && spot->place == "script.lua:3";
    _exit(found ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("compiled code of every kind is located and goes on") {
  struct Case {
    const char* name;
    std::string code;
    std::vector<std::string> places;  // whichever is seen first
    const char* result;
  };
  const std::vector<Case> cases{
      {"while",
       "local n = 0\nstarted()\nwhile n < 3e8 do\n  n = n + 1\nend\nreturn n",
       {"3"},
       "300000000"},
      {"repeat",
       "local n = 0\nstarted()\nrepeat\n  n = n + 1\nuntil n == 3e8\nreturn n",
       {"3", "5"},
       "300000000"},
      {"numeric for",
       "local n = 0\nstarted()\nfor i = 1, 3e8 do\n  n = n + 1\nend\nreturn n",
       {"3"},
       "300000000"},
      {"pairs",
       "local t, n = {}, 0\nfor i = 1, 1000 do t['k' .. i] = i end\nstarted()\n"
       "for round = 1, 2e5 do\n  for _, v in pairs(t) do\n    n = n + v\n  end\nend\nreturn n",
       {"4", "5"},
       "100100000000"},
      {"ipairs",
       "local t, n = {}, 0\nfor i = 1, 1000 do t[i] = i end\nstarted()\n"
       "for round = 1, 3e5 do\n  for _, v in ipairs(t) do\n    n = n + v\n  end\nend\nreturn n",
       {"4", "5"},
       "150150000000"},
      {"tail calls",
       "local function count(n)\n  if n == 0 then return 'end' end\n  return count(n - 1)\nend\n"
       "started()\nreturn count(3e8)",
       {"1"},
       "end"},
      {"branches",
       "local n, odd = 0, 0\nstarted()\nfor i = 1, 2e8 do\n  if i % 2 == 0 then\n    n = n + 1\n"
       "  else\n    odd = odd + 1\n  end\nend\nreturn n + odd",
       {"3"},
       "200000000"},
      {"nested loops",
       "local n = 0\nstarted()\nfor i = 1, 1e4 do\n  for j = 1, i % 3 do\n    n = n + 1\n  end\n"
       "  for j = 1, 3e4 do\n    if j % 7 == 0 then n = n + 1 end\n  end\nend\nreturn n",
       {"3", "4", "7"},
       "42860000"},
      {"loaded later",
       "local f = load('local n = 0\\nfor i = 1, 3e8 do\\n  n = n + 1\\nend\\nreturn n', "
       "'@other.lua')\nstarted()\nreturn f()",
       {"other.lua:2"},
       "300000000"},
  };
  for (const Case& compiled : cases) {
    INFO(compiled.name);
    RunningScript script(compiled.code);
    const ScriptSpot spot = script.locate_compiled();
    CHECK(script.end() == compiled.result);
    INFO(spot.place);
    CHECK(
        std::any_of(compiled.places.begin(), compiled.places.end(), [&](const std::string& place) {
          return spot.place == place || spot.place == "script.lua:" + place;
        }));
  }
}

TEST_CASE("recursion, compiled in parts, is located and goes on") {
  RunningScript script(R"(local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
started()
return fib(37))");
  int located = 0;
  while (script.running()) {
    const auto spot = script.interrupter->locate(10ms);
    if (!spot || spot->place.empty()) continue;
    ++located;
    CHECK((spot->place == "script.lua:1" || spot->place == "script.lua:2" ||
           spot->place == "script.lua:3"));
  }
  CHECK(script.end() == "24157817");
  CHECK(located > 0);
}

TEST_CASE("the path of compiled code is the one that it was loaded by") {
  RunningScript script("started()\nfor i = 1, 3e8 do end", "@/folder/a script.lua");
  CHECK(script.locate_compiled().place == "/folder/a script.lua:2");
  script.end();
}

TEST_CASE("locating disturbs neither the compiler nor the collector") {
  RunningScript script(R"(started()
local parts = {}
for round = 1, 200 do
  local count = 0
  for i = 1, 20000 do
    local text = "r" .. round .. "i" .. i
    if #text > 3 then count = count + #{ text, i } end
  end
  parts[#parts + 1] = count
  if round % 7 == 0 then jit.flush() end
  if round % 10 == 0 then load("for i = 1, 1000 do end")() end
end
local sum = 0
for _, part in ipairs(parts) do sum = sum + part end
return sum)");
  int located = 0;
  while (script.running()) located += script.interrupter->locate(5ms) ? 1 : 0;
  CHECK(script.end() == "8000000");
  CHECK(located > 0);
}

TEST_CASE("hot functions that C calls and that tail-call C run on") {
  const LuaState state(luaL_newstate());
  lua_State* L = state.get();
  luaL_openlibs(L);
  const Interrupter interrupter(L);
  for (const char* code :
       {"return function(a) return math.floor(a) end", "return function(a) return tostring(a) end",
        "return function(a) return setmetatable({}, { a }) end"}) {
    REQUIRE(luaL_dostring(L, code) == 0);
    lua_State* coroutine = lua_newthread(L);
    for (int i = 0; i < 10'000; ++i) {
      lua_pushvalue(L, -2);
      lua_pushnumber(L, i);
      lua_call(L, 1, 0);
      lua_pushvalue(L, -2);
      lua_xmove(L, coroutine, 1);
      lua_pushnumber(coroutine, i);
      REQUIRE(lua_resume(coroutine, 1) == 0);
      lua_settop(coroutine, 0);
    }
    lua_settop(L, 0);
  }
}

TEST_CASE("without a thread there is nothing to locate, and a request waits for one") {
  const LuaState state(luaL_newstate());
  luaL_openlibs(state.get());
  Interrupter interrupter(state.get());
  CHECK_FALSE(interrupter.locate(1s));
  { const Interrupter::Binding binding(interrupter); }
  CHECK_FALSE(interrupter.locate(1s));
  interrupter.request_stop(kMessage);
  CHECK(lua_gethook(state.get()) == nullptr);
  lua_State* coroutine = lua_newthread(state.get());
  REQUIRE(luaL_loadbuffer(coroutine, "return 1", 8, "@script.lua") == 0);
  const Interrupter::Binding binding(interrupter);
  CHECK(lua_resume(coroutine, 0) == LUA_ERRRUN);
  CHECK(lua_tostring(coroutine, -1) == std::string(kMessage));  // the chunk has no line yet
}

#endif
