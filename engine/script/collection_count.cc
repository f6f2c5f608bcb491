#include "script/collection_count.h"

#include <new>

#include "script/lua_support.h"

namespace loadrun::script {
namespace {

/// An object without references, with the metatable on top of the stack.
void make_marker(lua_State* L) {
  lua_newuserdata(L, 0);
  lua_pushvalue(L, -2);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

int on_collected(lua_State* L) {
  ++*static_cast<std::uint64_t*>(lua_touserdata(L, lua_upvalueindex(1)));
  lua_getmetatable(L, 1);
  make_marker(L);
  return 0;
}

}  // namespace

CollectionCount::CollectionCount(lua_State* L)
    : count_(new (lua_newuserdata(L, sizeof(std::uint64_t))) std::uint64_t(0)) {
  lua_createtable(L, 0, 1);  // the markers' metatable
  lua_insert(L, -2);
  lua_pushcclosure(L, on_collected, 1);
  lua_setfield(L, -2, "__gc");
  make_marker(L);
  // With the closure goes the count: this keeps both for as long as the state lives.
  luaL_ref(L, LUA_REGISTRYINDEX);
}

}  // namespace loadrun::script
