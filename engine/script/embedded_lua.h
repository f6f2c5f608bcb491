#pragma once

#include <span>
#include <string_view>

namespace loadrun::script {

/// One file of the standard library in Lua, compiled into the binary.
struct EmbeddedFile {
  std::string_view path;    ///< relative to lua/, such as "k6/http.lua"
  std::string_view source;  ///< its text, byte for byte
};

/// Every file of lua/ except lua/library/, ordered by path. Defined in a generated source
/// (third_party/cmake/EmbedLua.cmake); lives as long as the program.
std::span<const EmbeddedFile> embedded_lua();

}  // namespace loadrun::script
