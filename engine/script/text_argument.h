#pragma once

#include <string>

#include "script/lua_support.h"

namespace loadrun::script {

/// The value at `index` is a string or a number: what stands for text in URLs and headers.
bool is_text(lua_State* L, int index);

/// Its text; a number as users expect it there, a boolean as "true" or "false".
std::string text_at(lua_State* L, int index);

/// "NAME: expected WHAT, got ..." of the value on top of the stack.
std::string unexpected(lua_State* L, std::string_view name, std::string_view what);

}  // namespace loadrun::script
