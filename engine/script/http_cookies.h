#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/cookie.h"
#include "script/lua_support.h"

namespace loadrun::script {

/// Reads the `params.cookies` on top of the stack, sorted by name: { name = "value" } or
/// { name = { value = "value", replace = true } }. Returns what is wrong with it; "" when nothing.
std::string read_request_cookies(lua_State* L, std::vector<net::RequestCookie>& cookies);

/// Appends the value on top of the stack to the list `name`, made if need be, of the table below
/// it.
void append_to_list(lua_State* L, std::string_view name);

/// Warns, as k6 does, of a value with bytes that no cookie may have: they are not sent.
void warn_of_invalid_bytes(std::string_view name, std::string_view value);

/// Pushes `res.request.cookies` of a request with this Cookie header.
void push_request_cookies(lua_State* L, std::string_view header);

/// Adds what a Set-Cookie header says to the `res.cookies` on top of the stack.
void add_response_cookie(lua_State* L, std::string_view set_cookie);

}  // namespace loadrun::script
