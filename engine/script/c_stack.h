#pragma once

#include <lua.hpp>

namespace loadrun::script {

/// A lua_CFunction without arguments and results that raises "stack overflow" when little is left
/// of the thread's C stack. LuaJIT bounds the Lua stack of each coroutine only: functions that nest
/// on the C stack (a callback of string.gsub takes 8 KB of it, a coroutine's resume has a new Lua
/// stack each time) must be preceded by this, or recursion through them ends the process.
int check_c_stack(lua_State* L);

}  // namespace loadrun::script
