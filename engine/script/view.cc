#include "script/view.h"

namespace loadrun::script {

int view_length(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || luaL_getmetafield(L, index, "__view") == 0) return -1;
  lua_pop(L, 1);
  luaL_callmeta(L, index, "__len");
  const int length = static_cast<int>(lua_tointeger(L, -1));
  lua_pop(L, 1);
  return length;
}

}  // namespace loadrun::script
