#include "script/c_stack.h"

#include <string>
#include <thread>

#include "script/lua_support.h"
#include "support/catch.h"

using namespace loadrun::script;

namespace {

/// The error of `code` in a coroutine; `check` is check_c_stack.
std::string error_of(const std::string& code) {
  const LuaState state(luaL_newstate());
  lua_State* L = state.get();
  luaL_openlibs(L);
  lua_pushcfunction(L, check_c_stack);
  lua_setglobal(L, "check");
  lua_State* coroutine = lua_newthread(L);
  REQUIRE(luaL_loadbuffer(coroutine, code.data(), code.size(), "@script.lua") == 0);
  if (lua_resume(coroutine, 0) == 0) return "";
  return lua_tostring(coroutine, -1);
}

constexpr const char* kGsub =
    "local function f() check() return (string.gsub('x', 'x', function() return f() end)) end f()";
constexpr const char* kResume =
    "local function f() check() local co = coroutine.create(f)\n"
    "  local ok, why = coroutine.resume(co) if not ok then error(why, 0) end end f()";

}  // namespace

TEST_CASE("recursion through callbacks of C functions ends in an error") {
  CHECK(error_of(kGsub) == "script.lua:1: stack overflow");
  CHECK(error_of(kResume) == "script.lua:1: stack overflow");
}

TEST_CASE("each thread is checked against its own stack") {
  std::string gsub;
  std::string resume;
  std::thread([&gsub] { gsub = error_of(kGsub); }).join();
  std::thread([&resume] { resume = error_of(kResume); }).join();
  CHECK(gsub == "script.lua:1: stack overflow");
  CHECK(resume == "script.lua:1: stack overflow");
}

TEST_CASE("code that does not nest that deep is not disturbed") {
  CHECK(error_of("local function f(n) check() if n == 0 then return 'x' end\n"
                 "  return (string.gsub('x', 'x', function() return f(n - 1) end)) end\n"
                 "assert(f(200) == 'x')")
            .empty());
}
