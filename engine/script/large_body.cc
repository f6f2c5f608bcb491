#include "script/large_body.h"

#include <new>
#include <utility>

#include "script/json.h"
#include "script/lua_memory.h"
#include "script/lua_support.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.large_body";

int collect(lua_State* L) {
  auto& body = *static_cast<std::string*>(lua_touserdata(L, 1));
  if (LuaMemory* const memory = LuaMemory::of(L)) memory->released(body.capacity());
  body.~basic_string();
  return 0;
}

}  // namespace

void create_large_body_metatable(lua_State* L) {
  push_locked_metatable(L, kMetatable);
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

std::string_view push_large_body(lua_State* L, std::string&& body) {
  const std::size_t size = body.size();
  body.append(kJsonPadding, '\0');
  const auto& kept = *new (lua_newuserdata(L, sizeof(std::string))) std::string(std::move(body));
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  if (LuaMemory* const memory = LuaMemory::of(L)) memory->held(kept.capacity());
  lua_gc(L, LUA_GCSTEP, static_cast<int>(kept.capacity() / 1024));
  return {kept.data(), size};
}

}  // namespace loadrun::script
