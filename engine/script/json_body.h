#pragma once

#include <lua.hpp>
#include <string>
#include <string_view>

#include "script/json.h"

namespace loadrun::script {

// What res:json() makes of a body. As in k6, bytes in strings that are no UTF-8 and halves of
// surrogate pairs become U+FFFD. REQUIRES: `body` has kJsonPadding readable bytes
// behind it.

/// Pushes the value of `body`. Returns "" or what is wrong, and then pushes nothing.
std::string push_json_body(lua_State* L, Json& json, std::string_view body, BigIntegers big);

/// Checks `body` for the first time and says in `is_json` whether it is JSON by the rules of
/// check_json(). Then as push_selected_json(); nil when it is none.
std::string push_first_selected_json(lua_State* L, Json& json, std::string_view body,
                                     std::string_view path, BigIntegers big, bool& is_json);

/// Pushes what the gjson path `path` selects in `body`, which is valid JSON; nil when that is
/// nothing. Returns "" or why there is no such value in Lua, and then pushes nothing.
std::string push_selected_json(lua_State* L, Json& json, std::string_view body,
                               std::string_view path, BigIntegers big);

}  // namespace loadrun::script
