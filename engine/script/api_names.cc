#include "script/api_names.h"

#include <algorithm>

#include "script/embedded_lua.h"
#include "script/http_response.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

/// Adds the string keys of the table on top of the stack, and of those that its metatables lead to.
/// With `depth`, those of the tables in it too.
void add_keys(lua_State* L, int depth, std::vector<std::string>& names) {
  luaL_checkstack(L, 4, nullptr);
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    const std::string_view key = string_at(L, -2);
    if (!key.starts_with("__")) names.emplace_back(key);
    if (depth > 0 && key != "_G" && lua_istable(L, -1)) add_keys(L, depth - 1, names);
  }
  if (lua_getmetatable(L, -1) == 0) return;
  lua_getfield(L, -1, "__index");
  // A module of the library is its own metatable.
  if (lua_istable(L, -1) && lua_rawequal(L, -1, -3) == 0) add_keys(L, depth, names);
  lua_pop(L, 2);
}

}  // namespace

std::vector<std::string> api_names(Runtime& runtime) {
  lua_State* L = runtime.state();
  std::vector<std::string> names;
  runtime.push_environment(0);
  lua_pushnil(L);
  lua_setfield(L, -2, "__ENV");
  add_keys(L, 1, names);
  lua_pop(L, 1);
  for (const EmbeddedFile& file : embedded_lua()) {
    if (file.path == "prelude.lua") continue;
    runtime.loader().push_library(L, file.path.substr(0, file.path.size() - 4));
    // Methods of the library's objects are in tables of what only the library uses.
    add_keys(L, file.path.starts_with("internal/") ? 1 : 0, names);
    lua_pop(L, 1);
  }
  for (const std::string_view field : response_fields()) names.emplace_back(field);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace loadrun::script
