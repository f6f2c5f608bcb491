#include "script/lua_memory.h"

#include <chrono>
#include <string>
#include <thread>

#include "base/memory.h"
#include "script/lua_support.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::script;

namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;
constexpr std::size_t kLimit = 32 * kMegabyte;

/// A state with little memory.
class SmallState {
 public:
  SmallState()
      : state_(open()), interrupter_(state_.get()), memory(state_.get(), kLimit, interrupter_) {}

  /// Runs `code` in a coroutine; what it returned, or "error: " and its error.
  std::string run(const std::string& code) {
    lua_State* L = state_.get();
    lua_State* coroutine = lua_newthread(L);
    REQUIRE(luaL_loadbuffer(coroutine, code.data(), code.size(), "@script.lua") == 0);
    memory.set_script_runs(true);
    status = lua_resume(coroutine, 0);
    memory.set_script_runs(false);
    const char* text = lua_tostring(coroutine, -1);
    std::string result = (status > LUA_YIELD ? "error: " : "") + std::string(text ? text : "");
    if (status > LUA_YIELD) luaL_traceback(L, coroutine, "", 0);
    lua_settop(L, 0);
    return result;
  }
  /// Whether ordinary code runs and the memory that `run` took is free again.
  bool works() {
    const std::string sum =
        run("local t, sum = {}, 0 for i = 1, 1e5 do t[i] = { i } end"
            "  for i = 1, 1e5 do sum = sum + t[i][1] end return sum");
    lua_gc(state_.get(), LUA_GCCOLLECT, 0);
    lua_gc(state_.get(), LUA_GCCOLLECT, 0);
    return sum == "5000050000" && memory.used() < kLimit / 3;
  }
  lua_State* get() const { return state_.get(); }

 private:
  static lua_State* open() {
    lua_State* L = luaL_newstate();
    luaL_openlibs(L);
    luaL_dostring(L, "jit.opt.start('maxtrace=8000', 'minstitch=3', 'maxmcode=40960')");
    return L;
  }

  LuaState state_;
  Interrupter interrupter_;

 public:
  LuaMemory memory;
  int status = 0;
};

constexpr const char* kTooMuch = "not enough memory: the scripts of a worker may hold 32 MB";

}  // namespace

TEST_CASE("used() is what the state's collector counts") {
  SmallState state;
  const auto counted = [&state] {
    return static_cast<std::size_t>(lua_gc(state.get(), LUA_GCCOUNT, 0)) * 1024 +
           static_cast<std::size_t>(lua_gc(state.get(), LUA_GCCOUNTB, 0));
  };
  CHECK(state.memory.used() == counted());
  const std::size_t before = state.memory.used();
  CHECK(state.run("kept = string.rep('x', 1e6) return 1") == "1");
  CHECK(state.memory.used() > before + 1'000'000);
  CHECK(state.memory.used() == counted());
  state.run("kept = nil");
  lua_gc(state.get(), LUA_GCCOLLECT, 0);
  CHECK(state.memory.used() == counted());
  CHECK(state.memory.used() < before + 1'000'000);
}

TEST_CASE("what keeps everything ends with an error, compiled or not") {
  for (const char* code : {
           "local t = {} for i = 1, 1e9 do t[i] = {} end",
           "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
           "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
           "local t = {} for i = 1, 1e9 do t[i] = function() return i end end",
           "local t = {} for i = 1, 1e9 do table.insert(t, { i, tostring(i) }) end",
           "local t = {} for i = 1, 1e9 do t[i] = loadstring('return ' .. i) end",
           "local t = {} for i = 1, 1e9 do t[i] = setmetatable({}, { __index = t }) end",
           // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text on two lines
           "local t = {} for i = 1, 1e9 do"
           "  t[i] = string.gsub(('ab' .. i):rep(100), 'a', function(c) return c .. i end) end",
       }) {
    for (const char* jit : {"", "jit.off() "}) {
      SmallState state;
      const std::string error = state.run(std::string(jit) + code);
      INFO(jit << code << ": " << error);
      CHECK(error.find(kTooMuch) != std::string::npos);
      CHECK(error.starts_with("error: script.lua:1: "));
      CHECK(state.memory.take_exceeded());
      CHECK_FALSE(state.memory.take_exceeded());
      CHECK(state.works());
    }
  }
}

TEST_CASE("memory that runs out in recursion is an error too, compiled or not") {
  // Where the allocator refuses memory, LuaJIT crashes in the first of these.
  for (const char* code : {
           "local function f(n) local t = {} for i = 1, 1000 do t[i] = {} end return f(n + 1), t "
           "end"
           "  f(0)",
           "local function f() local t = {} for i = 1, 1000 do t[i] = {} end"
           "  return select(2, pcall(f)), t end f() error('not enough memory')",
       }) {
    for (const char* jit : {"", "jit.off() "}) {
      SmallState state;
      const std::string error = state.run(std::string(jit) + code);
      INFO(jit << code);
      CHECK(error.find("not enough memory") != std::string::npos);
      CHECK(state.works());
    }
  }
}

TEST_CASE("one thing larger than the limit is refused") {
  for (const char* code : {
           "return #string.rep('x', 1e9)",
           "local t = {} for i = 1, 100 do t[i] = string.rep('x', 1e9) end",
           "local s = 'x' while true do s = s .. s end",
           "local t, i = {}, 0 while true do i = i + 1 t[i] = i end",
       }) {
    SmallState state;
    const std::string error = state.run(code);
    INFO(code);
    CHECK(error.find("not enough memory") != std::string::npos);
    CHECK(state.memory.take_exceeded());
    CHECK(state.works());
  }
}

TEST_CASE("garbage does not count, however much there is of it") {
  for (const char* code : {
           "for i = 1, 300 do local s = string.rep('x', 1e6) .. i end return 'ok'",
           "for i = 1, 3e6 do local t = { i, tostring(i) } end return 'ok'",
           "local kept = {} for i = 1, 2e5 do kept[i] = { i } end"
           "  for i = 1, 3e6 do local t = { i } end return 'ok'",
       }) {
    SmallState state;
    INFO(code);
    CHECK(state.run(code) == "ok");
    CHECK_FALSE(state.memory.take_exceeded());
  }
}

TEST_CASE("a script that catches the error and lets go can go on") {
  SmallState state;
  CHECK(state.run("local t = {}\n"
                  "local ok, why = pcall(function() for i = 1, 1e9 do t[i] = {} end end)\n"
                  "t = nil\n"
                  "for i = 1, 1e6 do local s = { i } end\n"
                  "return why") == std::string("script.lua:2: ") + kTooMuch);
  CHECK(state.works());
}

TEST_CASE("while scripts hold too much, each fails at its first step beyond the limit") {
  SmallState state;
  CHECK(state.run("kept = {} for i = 1, 1e9 do kept[i] = {} end").find(kTooMuch) !=
        std::string::npos);
  CHECK(state.run("local t = {} for i = 1, 1e5 do t[i] = {} end").find(kTooMuch) !=
        std::string::npos);
  state.run("kept = nil");
  CHECK(state.works());
}

TEST_CASE("the engine's own calls are not limited") {
  SmallState state;
  lua_State* L = state.get();
  const std::string large(2 * kLimit, 'x');
  lua_pushlstring(L, large.data(), large.size());
  CHECK(state.memory.used() > 2 * kLimit);
  lua_settop(L, 0);
  CHECK(state.works());
}

TEST_CASE("the state's own allocator comes back") {
  const LuaState state(luaL_newstate());
  luaL_openlibs(state.get());
  void* context = nullptr;
  const lua_Alloc original = lua_getallocf(state.get(), &context);
  Interrupter interrupter(state.get());
  {
    const LuaMemory memory(state.get(), kLimit, interrupter);
    CHECK(lua_getallocf(state.get(), nullptr) != original);
  }
  void* context_after = nullptr;
  CHECK(lua_getallocf(state.get(), &context_after) == original);
  CHECK(context_after == context);
}

TEST_CASE("the default limit is the worker's share of four fifths of the memory") {
  const std::size_t one = default_lua_memory_limit(1);
  CHECK(one < usable_memory());
  CHECK(one > usable_memory() / 2);
  CHECK(default_lua_memory_limit(4) < one / 3);
}
