#pragma once

#include <optional>
#include <string>

#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// What the form field of a file becomes. The bytes stay where they are in Lua: see `data` of the
/// table, a string or a handle of open(path, "stream").
struct FilePart {
  std::string filename;
  std::string content_type;
};

/// Adds `http_file` to the table on top of the stack: k6's http.file(data, filename, contentType).
void add_http_file_binding(lua_State* L, Runtime& runtime);

/// The value at `index` was made by http.file.
bool is_http_file(lua_State* L, int index);
/// Its name and content type, and pushes its data. Nothing is pushed, and none is returned, when
/// the script has put values of wrong types into it. REQUIRES: is_http_file(L, index).
std::optional<FilePart> read_http_file(lua_State* L, int index);

}  // namespace loadrun::script
