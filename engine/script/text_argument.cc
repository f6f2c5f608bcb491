#include "script/text_argument.h"

#include <fmt/format.h>

#include "script/json.h"

namespace loadrun::script {

bool is_text(lua_State* L, int index) {
  return lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER;
}

std::string text_at(lua_State* L, int index) {
  if (lua_isboolean(L, index)) return lua_toboolean(L, index) != 0 ? "true" : "false";
  if (lua_type(L, index) != LUA_TNUMBER) return std::string(string_at(L, index));
  fmt::memory_buffer digits;
  append_number(digits, lua_tonumber(L, index));
  return fmt::to_string(digits);
}

std::string unexpected(lua_State* L, std::string_view name, std::string_view what) {
  return fmt::format("{}: expected {}, got {}", name, what,
                     is_text(L, -1) ? text_at(L, -1) : luaL_typename(L, -1));
}

}  // namespace loadrun::script
