#include "script/http_cookies.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "script/text_argument.h"

namespace loadrun::script {
namespace {

// k6's `expires` of a cookie without a date: Go's zero time in nanoseconds does not fit.
constexpr double kNoDate = -6795364578871;

std::string read_attribute(lua_State* L, net::RequestCookie& cookie) {
  if (lua_type(L, -2) != LUA_TSTRING) return "";
  const std::string_view attribute = string_at(L, -2);
  if (equals_ignoring_case(attribute, "value")) {
    if (!is_text(L, -1)) return unexpected(L, ".value", "a string or a number");
    cookie.value = text_at(L, -1);
  }
  if (equals_ignoring_case(attribute, "replace")) {
    if (!lua_isboolean(L, -1)) return unexpected(L, ".replace", "a boolean");
    cookie.replace = lua_toboolean(L, -1) != 0;
  }
  return "";
}

/// The cookie whose value, or table of attributes, is on top of the stack.
std::string read_cookie(lua_State* L, net::RequestCookie& cookie) {
  if (is_text(L, -1)) {
    cookie.value = text_at(L, -1);
    return "";
  }
  if (!lua_istable(L, -1))
    return unexpected(L, "", "a string, a number or a table { value, replace }");
  std::string problem;
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    if (problem.empty()) problem = read_attribute(L, cookie);
    lua_pop(L, 1);
  }
  return problem;
}

void set_text(lua_State* L, const char* name, std::string_view value) {
  push_view(L, value);
  lua_setfield(L, -2, name);
}

void set_flag(lua_State* L, const char* name, bool value) {
  lua_pushboolean(L, value ? 1 : 0);
  lua_setfield(L, -2, name);
}

void set_number(lua_State* L, const char* name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

}  // namespace

std::string read_request_cookies(lua_State* L, std::vector<net::RequestCookie>& cookies) {
  if (!lua_istable(L, -1)) return unexpected(L, "params.cookies", "a table of name = value");
  std::string problem;
  lua_pushnil(L);
  for (; lua_next(L, -2) != 0; lua_pop(L, 1)) {
    if (!problem.empty()) continue;
    if (lua_type(L, -2) != LUA_TSTRING) {
      problem = "params.cookies: names must be strings";
      continue;
    }
    net::RequestCookie& cookie = cookies.emplace_back();
    cookie.name = string_at(L, -2);
    const std::string wrong = read_cookie(L, cookie);
    if (!wrong.empty()) problem = fmt::format("params.cookies.{}{}", cookie.name, wrong);
    warn_of_invalid_bytes(cookie.name, cookie.value);
  }
  std::sort(cookies.begin(), cookies.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return problem;
}

void append_to_list(lua_State* L, std::string_view name) {
  push_view(L, name);
  lua_rawget(L, -3);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_newtable(L);
    push_view(L, name);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
  }
  lua_insert(L, -2);
  lua_rawseti(L, -2, static_cast<int>(lua_objlen(L, -2)) + 1);
  lua_pop(L, 1);
}

void warn_of_invalid_bytes(std::string_view name, std::string_view value) {
  const std::optional<char> invalid = net::invalid_byte(value);
  if (!invalid) return;
  log_warning("cookie \"{}\": invalid byte 0x{:02x} in its value; dropping invalid bytes", name,
              static_cast<unsigned char>(*invalid));
}

void push_request_cookies(lua_State* L, std::string_view header) {
  lua_newtable(L);
  for (const auto& [name, value] : net::parse_cookie_header(header)) {
    lua_createtable(L, 0, 3);
    set_text(L, "name", name);
    set_text(L, "value", value);
    set_flag(L, "replace", false);
    append_to_list(L, name);
  }
}

void add_response_cookie(lua_State* L, std::string_view set_cookie) {
  const std::optional<net::Cookie> cookie = net::parse_set_cookie(set_cookie);
  if (!cookie) return;
  lua_createtable(L, 0, 8);
  set_text(L, "name", cookie->name);
  set_text(L, "value", cookie->value);
  set_text(L, "domain", cookie->domain);
  set_text(L, "path", cookie->path);
  set_flag(L, "http_only", cookie->http_only);
  set_flag(L, "secure", cookie->secure);
  set_number(L, "max_age", static_cast<double>(cookie->max_age));
  set_number(L, "expires",
             cookie->expires ? static_cast<double>(cookie->expires->count()) : kNoDate);
  append_to_list(L, cookie->name);
}

}  // namespace loadrun::script
