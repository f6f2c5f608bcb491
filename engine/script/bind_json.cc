#include "script/bindings.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

/// json.decode(text, options) -> value, or nil and what is wrong.
int json_decode(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  const std::string problem =
      context_of<Runtime>(L).json().decode(L, string_at(L, 1), false, big_integers_at(L, 2));
  if (problem.empty()) return 1;
  lua_pushnil(L);
  push_view(L, problem);
  return 2;
}

/// Pushes the JSON text of argument 1 and returns true, or pushes an error.
bool push_encoded(lua_State* L) {
  fmt::memory_buffer out;
  const std::string problem = encode_json(L, 1, out, false);
  if (problem.empty()) {
    lua_pushlstring(L, out.data(), out.size());
  } else {
    push_error(L, "json.encode: " + problem);
  }
  return problem.empty();
}

int json_encode(lua_State* L) {
  luaL_checkany(L, 1);
  return push_encoded(L) ? 1 : lua_error(L);
}

int json_array(lua_State* L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  Json::mark_array(L);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"json_decode", json_decode},
                                   {"json_encode", json_encode},
                                   {"json_array", json_array},
                                   {nullptr, nullptr}};

}  // namespace

void add_json_bindings(lua_State* L, Runtime& runtime) {
  register_functions(L, kFunctions, &runtime);
  lua_pushlightuserdata(L, nullptr);
  lua_setfield(L, -2, "null");
}

}  // namespace loadrun::script
