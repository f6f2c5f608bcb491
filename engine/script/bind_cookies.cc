#include <cmath>
#include <iterator>
#include <new>

#include "base/text.h"
#include "net/url_check.h"
#include "script/bindings.h"
#include "script/cookie_jar_object.h"
#include "script/http_cookies.h"
#include "script/runtime.h"
#include "script/text_argument.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.cookie_jar";

/// What all methods of a jar get. Further arguments are on the stack from 3 on.
struct JarCall {
  lua_State* state;
  net::CookieJar& jar;
  net::CookieScope scope;
  net::WallTime now;
};

std::string read_max_age(lua_State* L, net::Cookie& cookie) {
  const double seconds = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : NAN;
  if (!(std::abs(seconds) < 1e15)) return unexpected(L, "max_age", "a number of seconds");
  cookie.max_age = static_cast<std::int64_t>(seconds);
  return "";
}

std::string read_expires(lua_State* L, net::Cookie& cookie) {
  const std::string_view text = lua_type(L, -1) == LUA_TSTRING ? string_at(L, -1) : "?";
  if (text.empty()) return "";
  cookie.expires = net::parse_cookie_date(text);
  if (cookie.expires) return "";
  return "unable to parse \"expires\" date string, " +
         unexpected(L, "expires", "a date like \"Sun, 06 Nov 1994 08:49:37 GMT\"");
}

std::string read_flag(lua_State* L, const char* name, bool& flag) {
  if (!lua_isboolean(L, -1)) return unexpected(L, name, "a boolean");
  flag = lua_toboolean(L, -1) != 0;
  return "";
}

std::string read_string(lua_State* L, const char* name, std::string& text) {
  if (lua_type(L, -1) != LUA_TSTRING) return unexpected(L, name, "a string");
  text = string_at(L, -1);
  return "";
}

/// The attribute whose name and value are on top of the stack; as in k6, in any case, and others
/// are ignored.
std::string read_attribute(lua_State* L, net::Cookie& cookie) {
  const std::string_view name = lua_type(L, -2) == LUA_TSTRING ? string_at(L, -2) : "";
  const auto is = [name](const char* known) { return equals_ignoring_case(name, known); };
  if (is("domain")) return read_string(L, "domain", cookie.domain);
  if (is("path")) return read_string(L, "path", cookie.path);
  if (is("expires")) return read_expires(L, cookie);
  if (is("max_age")) return read_max_age(L, cookie);
  if (is("secure")) return read_flag(L, "secure", cookie.secure);
  if (is("http_only")) return read_flag(L, "http_only", cookie.http_only);
  return "";
}

std::string read_attributes(lua_State* L, net::Cookie& cookie) {
  if (lua_isnil(L, 5)) return "";
  if (!lua_istable(L, 5))
    return fmt::format("options must be a table, not a {}", luaL_typename(L, 5));
  std::string problem;
  lua_pushnil(L);
  while (lua_next(L, 5) != 0) {
    if (problem.empty()) problem = read_attribute(L, cookie);
    lua_pop(L, 1);
  }
  return problem;
}

/// jar:set(url, name, value, options) -> true
std::string set(const JarCall& call) {
  lua_State* L = call.state;
  net::Cookie cookie;
  if (lua_type(L, 3) != LUA_TSTRING)
    return fmt::format("the name must be a string, not a {}", luaL_typename(L, 3));
  if (!is_text(L, 4))
    return fmt::format("the value must be a string or a number, not a {}", luaL_typename(L, 4));
  cookie.name = string_at(L, 3);
  cookie.value = text_at(L, 4);
  if (std::string problem = read_attributes(L, cookie); !problem.empty()) return problem;
  warn_of_invalid_bytes(cookie.name, cookie.value);
  call.jar.set(call.scope, cookie, call.now);
  lua_pushboolean(L, 1);
  return "";
}

/// jar:cookiesForURL(url) -> { name = { values } }
std::string cookies_for_url(const JarCall& call) {
  lua_State* L = call.state;
  lua_newtable(L);
  for (const auto& [name, value] : call.jar.matching(call.scope, call.now)) {
    push_view(L, value);
    append_to_list(L, name);
  }
  return "";
}

/// jar:clear(url)
std::string clear(const JarCall& call) {
  call.jar.clear(call.scope, call.now);
  lua_pushnil(call.state);
  return "";
}

/// jar:delete(url, name): as in k6, what was set with a path or for a domain stays.
std::string remove(const JarCall& call) {
  if (lua_type(call.state, 3) != LUA_TSTRING || string_at(call.state, 3).empty())
    return "the name must be a string that is not empty";
  call.jar.set(call.scope, {.name = std::string(string_at(call.state, 3)), .max_age = -1},
               call.now);
  lua_pushnil(call.state);
  return "";
}

struct JarMethod {
  const char* name;
  std::string (*run)(const JarCall& call);  ///< Pushes one result, or returns what is wrong.
};

constexpr JarMethod kMethods[] = {
    {"set", set}, {"cookiesForURL", cookies_for_url}, {"clear", clear}, {"delete", remove}};

/// Pushes the method's result and returns "", or returns what is wrong.
std::string call_method(lua_State* L, Runtime& runtime, const JarMethod& method) {
  const JarHandle* jar = jar_at(L, 1);
  if (jar == nullptr) return fmt::format("call it with a colon: jar:{}(...)", method.name);
  if (lua_type(L, 2) != LUA_TSTRING)
    return fmt::format("the URL must be a string, not a {}", luaL_typename(L, 2));
  const std::string url(string_at(L, 2));
  if (const net::Failure failure = net::check_url(url); failure.code != 0) return failure.text;
  std::optional<net::CookieScope> scope = net::CookieScope::of(url);
  if (!scope) return fmt::format("invalid URL: \"{}\"", url);
  const auto now = std::chrono::floor<net::WallTime>(runtime.host().wall());
  return method.run({L, **jar, *std::move(scope), now});
}

bool push_result(lua_State* L, Runtime& runtime, const JarMethod& method) {
  const std::string problem = call_method(L, runtime, method);
  if (!problem.empty()) push_error(L, fmt::format("jar:{}: {}", method.name, problem));
  return problem.empty();
}

/// Upvalue 2 is the method's position in kMethods.
int jar_method(lua_State* L) {
  lua_settop(L, 5);
  const JarMethod& method = kMethods[lua_tointeger(L, lua_upvalueindex(2))];
  return push_result(L, context_of<Runtime>(L), method) ? 1 : lua_error(L);
}

int jar_gc(lua_State* L) {
  static_cast<JarHandle*>(lua_touserdata(L, 1))->~JarHandle();
  return 0;
}

void push_jar(lua_State* L, const JarHandle& jar) {
  new (lua_newuserdata(L, sizeof(JarHandle))) JarHandle(jar);
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
}

/// cookie_jar() -> the jar of the running VU
int vu_jar(lua_State* L) {
  VuScript& vu = context_of<Runtime>(L).current();
  if (vu.stage() == Stage::kInit)
    return raise_error(L, "Making cookie jars in the init context is not supported");
  push_jar(L, vu.cookies());
  return 1;
}

/// new_cookie_jar() -> an empty jar that belongs to no VU
int new_jar(lua_State* L) {
  push_jar(L, std::make_shared<net::CookieJar>());
  return 1;
}

void create_metatable(lua_State* L, Runtime& runtime) {
  push_locked_metatable(L, kMetatable);
  lua_newtable(L);
  for (std::size_t i = 0; i < std::size(kMethods); ++i) {
    lua_pushlightuserdata(L, &runtime);
    lua_pushinteger(L, static_cast<lua_Integer>(i));
    lua_pushcclosure(L, jar_method, 2);
    lua_setfield(L, -2, kMethods[i].name);
  }
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, jar_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}

constexpr luaL_Reg kFunctions[] = {
    {"vu_cookie_jar", vu_jar}, {"new_cookie_jar", new_jar}, {nullptr, nullptr}};

}  // namespace

const JarHandle* jar_at(lua_State* L, int index) {
  return static_cast<const JarHandle*>(luaL_testudata(L, index, kMetatable));
}

void add_cookie_bindings(lua_State* L, Runtime& runtime) {
  create_metatable(L, runtime);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script
