#include "script/file_stream.h"

#include <fmt/format.h>

#include <new>

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.file_stream";

using File = std::shared_ptr<const net::UploadFile>;

/// The handle at `index`; null when the value is none.
File* handle_at(lua_State* L, int index) {
  void* const handle = lua_touserdata(L, index);
  if (handle == nullptr || lua_getmetatable(L, index) == 0) return nullptr;
  luaL_getmetatable(L, kMetatable);
  const bool ours = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return ours ? static_cast<File*>(handle) : nullptr;
}

int collect(lua_State* L) {
  if (File* const file = handle_at(L, 1)) file->~File();
  return 0;
}

int to_text(lua_State* L) {
  const File* const file = handle_at(L, 1);
  if (file == nullptr) return 0;
  lua_pushfstring(L, "file %s", (*file)->path().c_str());
  return 1;
}

}  // namespace

void create_file_stream_metatable(lua_State* L) {
  constexpr luaL_Reg kMethods[] = {{"__gc", collect}, {"__tostring", to_text}, {nullptr, nullptr}};
  push_locked_metatable(L, kMetatable);
  register_functions(L, kMethods, nullptr);
  lua_pop(L, 1);
}

void push_file_stream(lua_State* L, const File& file) {
  new (lua_newuserdata(L, sizeof(File))) File(file);
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
}

File file_stream_at(lua_State* L, int index) {
  const File* const file = handle_at(L, index);
  return file == nullptr ? nullptr : *file;
}

}  // namespace loadrun::script
