#include "script/collection_count.h"

#include "script/lua_support.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::script;

TEST_CASE("collections are counted, each once") {
  const LuaState state(luaL_newstate());
  lua_State* L = state.get();
  const CollectionCount count(L);
  const std::uint64_t before = count.value();
  for (int i = 0; i < 100; ++i) lua_gc(L, LUA_GCCOLLECT, 0);
  // A full collection may finish one that is under way, and does one of its own.
  CHECK(count.value() - before >= 99);
  CHECK(count.value() - before <= 200);
}

TEST_CASE("collections that come of allocating are counted, compiled code or not") {
  const LuaState state(luaL_newstate());
  lua_State* L = state.get();
  luaL_openlibs(L);
  const CollectionCount count(L);
  const std::uint64_t before = count.value();
  REQUIRE(luaL_dostring(L, "local s = 0 for i = 1, 300000 do s = s + #{ i, i } end") == 0);
  const std::uint64_t after = count.value();
  CHECK(after > before + 3);
  REQUIRE(luaL_dostring(L, "local s = 0 for i = 1, 300000 do s = s + i end") == 0);
  CHECK(count.value() == after);  // nothing to collect
}
