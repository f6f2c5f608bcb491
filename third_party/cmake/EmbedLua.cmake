# The standard library in Lua becomes part of the binary: every lua/**/*.lua except lua/library/ (annotations for
# editors) is written as a raw string literal into one generated source of `target`, which defines
# loadrun::script::embedded_lua() of engine/script/embedded_lua.h. A changed or new .lua file re-runs CMake.
function(loadrun_embed_lua target)
  set(root ${CMAKE_SOURCE_DIR}/lua)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*.lua)
  list(FILTER files EXCLUDE REGEX "^library/")
  list(SORT files)
  list(LENGTH files count)

  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${file})
    file(READ ${root}/${file} source)
    string(APPEND entries "    {\"${file}\",\n     R\"__lua__(${source})__lua__\"},\n")
  endforeach()

  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded_lua.cc)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT [=[
// Generated from lua/ by third_party/cmake/EmbedLua.cmake.
#include "script/embedded_lua.h"

#include <array>

namespace loadrun::script {
namespace {

constexpr std::array<EmbeddedFile, @count@> kEmbeddedLua = {{
@entries@}};

}  // namespace

std::span<const EmbeddedFile> embedded_lua() { return kEmbeddedLua; }

}  // namespace loadrun::script
]=])
  target_sources(${target} PRIVATE ${generated})
endfunction()
