# LuaJIT 2.1 as a 64-bit-GC build: without GC64 all VUs of the process would share 2 GB.
find_path(LUAJIT_INCLUDE_DIR luajit.h PATH_SUFFIXES luajit-2.1)
find_library(LUAJIT_LIBRARY luajit-5.1)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LuaJIT REQUIRED_VARS LUAJIT_LIBRARY LUAJIT_INCLUDE_DIR)

if(LuaJIT_FOUND AND NOT TARGET LuaJIT::LuaJIT)
  add_library(LuaJIT::LuaJIT UNKNOWN IMPORTED)
  set_target_properties(LuaJIT::LuaJIT PROPERTIES
    IMPORTED_LOCATION ${LUAJIT_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${LUAJIT_INCLUDE_DIR})

  # The headers do not tell how the library was built, so ask the library itself, once per build directory.
  if(NOT LUAJIT_GC64)
    set(probe ${CMAKE_BINARY_DIR}/CMakeFiles/luajit_gc64.c)
    file(WRITE ${probe}
      "#include <lauxlib.h>\n#include <lualib.h>\n"
      "int main(void) { lua_State* L = luaL_newstate(); luaL_openlibs(L);\n"
      "  return luaL_dostring(L, \"assert(require('ffi').abi('gc64'))\"); }\n")
    try_run(LUAJIT_GC64_EXIT LUAJIT_GC64_BUILT ${CMAKE_BINARY_DIR} ${probe}
      LINK_LIBRARIES LuaJIT::LuaJIT)
    if(NOT LUAJIT_GC64_BUILT OR NOT LUAJIT_GC64_EXIT EQUAL 0)
      message(FATAL_ERROR "LuaJIT at ${LUAJIT_LIBRARY} is not a GC64 build")
    endif()
    set(LUAJIT_GC64 TRUE CACHE INTERNAL "LuaJIT has a 64-bit garbage collector")
  endif()
endif()
