#pragma once

#include <lua.hpp>

namespace loadrun::script {

/// Views are userdata that read like sequences (SharedArray): this LuaJIT ignores __len, __pairs
/// and __ipairs on tables (decision 8), so the sandbox's iterators, json.encode and console ask
/// these functions.

/// The number of elements when the value at `index` is a view; -1 when it is not.
int view_length(lua_State* L, int index);

}  // namespace loadrun::script
