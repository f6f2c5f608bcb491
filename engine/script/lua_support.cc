#include "script/lua_support.h"

namespace loadrun::script {

void push_error(lua_State* L, std::string_view text, int level) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_where(L, level);
  luaL_addvalue(&buffer);
  luaL_addlstring(&buffer, text.data(), text.size());
  luaL_pushresult(&buffer);
}

int append_traceback(lua_State* L) {
  // Error values that are tables or userdata keep their identity; only text gains a traceback.
  if (lua_isstring(L, 1) != 0) luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

int protected_call(lua_State* L, int arguments, int results) {
  const int handler = lua_gettop(L) - arguments;
  lua_pushcfunction(L, append_traceback);
  lua_insert(L, handler);
  const int status = lua_pcall(L, arguments, results, handler);
  lua_remove(L, handler);
  return status;
}

void register_functions(lua_State* L, const luaL_Reg* functions, void* context) {
  for (; functions->name != nullptr; ++functions) {
    lua_pushlightuserdata(L, context);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -2, functions->name);
  }
}

}  // namespace loadrun::script
