#pragma once

#include <memory>

#include "net/upload.h"
#include "script/lua_support.h"

namespace loadrun::script {

/// What `open(path, "stream")` returns: a handle of a file that a request can send without the file
/// ever being in memory. Scripts can only pass it on.

/// Once per lua_State.
void create_file_stream_metatable(lua_State* L);
void push_file_stream(lua_State* L, const std::shared_ptr<const net::UploadFile>& file);
/// The file of the handle at `index`; null when the value is none.
std::shared_ptr<const net::UploadFile> file_stream_at(lua_State* L, int index);

}  // namespace loadrun::script
