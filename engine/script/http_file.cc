#include "script/http_file.h"

#include <fmt/format.h>

#include "script/file_stream.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.http_file";

bool is_file_content(lua_State* L, int index) {
  return lua_type(L, index) == LUA_TSTRING || file_stream_at(L, index) != nullptr;
}

void push_nanoseconds(lua_State* L, Runtime& runtime) {
  push_view(L, fmt::to_string(runtime.host().now().since_origin.count()));
}

/// http_file(data, filename, content_type): a table with k6's field names. Without a name it is a
/// number of nanoseconds, as in k6.
int http_file(lua_State* L) {
  lua_settop(L, 3);
  if (!is_file_content(L, 1)) {
    return raise_error(L,
                       "http.file: invalid type %s, expected a string of bytes or a file opened "
                       "with the mode \"stream\"",
                       luaL_typename(L, 1));
  }
  if (!lua_isnil(L, 2)) luaL_checkstring(L, 2);
  if (!lua_isnil(L, 3)) luaL_checkstring(L, 3);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "data");
  if (lua_isnil(L, 2)) {
    push_nanoseconds(L, context_of<Runtime>(L));
  } else {
    lua_pushvalue(L, 2);
  }
  lua_setfield(L, -2, "filename");
  if (lua_isnil(L, 3)) {
    lua_pushliteral(L, "application/octet-stream");
  } else {
    lua_pushvalue(L, 3);
  }
  lua_setfield(L, -2, "content_type");
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"http_file", http_file}, {nullptr, nullptr}};

/// The string in the field `name` of the table at `index`; none when it holds something else.
std::optional<std::string> text_field(lua_State* L, int index, const char* name) {
  lua_getfield(L, index, name);
  std::optional<std::string> text;
  if (lua_type(L, -1) == LUA_TSTRING) text = string_at(L, -1);
  lua_pop(L, 1);
  return text;
}

}  // namespace

void add_http_file_binding(lua_State* L, Runtime& runtime) {
  push_locked_metatable(L, kMetatable);
  lua_pop(L, 1);
  register_functions(L, kFunctions, &runtime);
}

bool is_http_file(lua_State* L, int index) {
  if (!lua_istable(L, index) || lua_getmetatable(L, index) == 0) return false;
  luaL_getmetatable(L, kMetatable);
  const bool made_by_us = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return made_by_us;
}

std::optional<FilePart> read_http_file(lua_State* L, int index) {
  const int file = index < 0 ? lua_gettop(L) + index + 1 : index;
  auto filename = text_field(L, file, "filename");
  auto content_type = text_field(L, file, "content_type");
  if (!filename || !content_type) return std::nullopt;
  lua_getfield(L, file, "data");
  if (is_file_content(L, -1)) return FilePart{std::move(*filename), std::move(*content_type)};
  lua_pop(L, 1);
  return std::nullopt;
}

}  // namespace loadrun::script
