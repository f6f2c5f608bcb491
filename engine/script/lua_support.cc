#include "script/lua_support.h"

#include <cstdarg>
#include <cstring>

namespace loadrun::script {

void push_location(lua_State* L, int level) {
  lua_Debug frame{};
  for (; lua_getstack(L, level, &frame) != 0; ++level) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0 || std::strncmp(frame.source, "=lua/", 5) == 0) continue;
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

void push_locked_metatable(lua_State* L, const char* name) {
  luaL_newmetatable(L, name);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

void push_error(lua_State* L, std::string_view text) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  push_location(L, 1);
  luaL_addvalue(&buffer);
  luaL_addlstring(&buffer, text.data(), text.size());
  luaL_pushresult(&buffer);
}

int raise_error(lua_State* L, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  push_location(L, 1);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  lua_concat(L, 2);
  return lua_error(L);
}

void register_functions(lua_State* L, const luaL_Reg* functions, void* context) {
  for (; functions->name != nullptr; ++functions) {
    lua_pushlightuserdata(L, context);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -2, functions->name);
  }
}

}  // namespace loadrun::script
