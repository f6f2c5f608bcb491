#pragma once

#include <string_view>
#include <vector>

#include "net/http_types.h"
#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// Registers what `res.status`, `res:json(path)` and the like do, and pushes the table of what a
/// response has, to which the library adds methods in Lua. Once per lua_State.
void create_response_metatable(lua_State* L, Runtime& runtime);

/// The names of what a response has.
std::vector<std::string_view> response_fields();

/// Pushes `result` as a response: a userdata that keeps the body's bytes itself, so that the
/// collector counts them and nothing is interned before a script reads it (decision 8). A large
/// body is taken over instead of copied. Without `keep_body`, and when there was no response,
/// `res.body` is nil.
void push_response(lua_State* L, net::HttpResult& result, bool keep_body);

}  // namespace loadrun::script
