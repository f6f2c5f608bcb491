#pragma once

#include <cstddef>
#include <lua.hpp>
#include <string>
#include <string_view>

namespace loadrun::script {

/// From this size on, in bytes, a response's body stays where the transfer put it: copying it would
/// take longer than everything else the script's side does with it.
inline constexpr std::size_t kLargeBody = 1 << 20;

/// Registers what frees the bodies. Once per lua_State.
void create_large_body_metatable(lua_State* L);

/// Pushes a userdata that owns `body` and frees it when it is collected. The state's LuaMemory
/// counts it, and the collector does the work that as much memory of its own would have caused.
/// Returns the text, with kJsonPadding readable bytes behind it.
std::string_view push_large_body(lua_State* L, std::string&& body);

}  // namespace loadrun::script
