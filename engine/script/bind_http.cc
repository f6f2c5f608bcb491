#include <algorithm>
#include <array>

#include "base/duration.h"
#include "base/log.h"
#include "script/bindings.h"
#include "script/http_response.h"
#include "script/runtime.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

/// Parameters that k6 has and later versions of loadrun bring: said, never silently ignored.
constexpr std::array<std::string_view, 6> kLaterParams{"auth", "compression",      "cookies",
                                                       "jar",  "responseCallback", "throw"};

/// The text of a string or number at `index`; a number as users expect it in URLs and headers.
std::string text_at(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TNUMBER) return std::string(string_at(L, index));
  fmt::memory_buffer digits;
  append_number(digits, lua_tonumber(L, index));
  return fmt::to_string(digits);
}

bool is_text(lua_State* L, int index) {
  return lua_type(L, index) == LUA_TSTRING || lua_type(L, index) == LUA_TNUMBER;
}

/// Reads one call's arguments into an HttpCall. The first problem is kept; nothing is raised while
/// it works.
class CallReader {
 public:
  CallReader(lua_State* L, Runtime& runtime, HttpCall& call)
      : L_(L), runtime_(runtime), call_(call) {}

  /// "" when all was well. Arguments: method, url, body, params; tags were read before.
  std::string read() {
    call_.name.reset();
    net::HttpRequest& request = call_.request;
    request = net::HttpRequest{};
    request.max_redirects = runtime_.settings.max_redirects;
    request.discard_body = runtime_.settings.discard_response_bodies;
    request.method = string_at(L_, 1);
    request.url = string_at(L_, 2);
    read_body();
    if (lua_istable(L_, 4)) read_params();
    return std::move(problem_);
  }

 private:
  void read_body() {
    if (lua_isnoneornil(L_, 3)) return;
    if (lua_type(L_, 3) != LUA_TSTRING) {
      return fail(fmt::format("the body must be a string (json.encode a table), not a {}",
                              luaL_typename(L_, 3)));
    }
    call_.request.body = string_at(L_, 3);
    call_.request.has_body = true;
  }

  void read_params() {
    lua_pushnil(L_);
    while (lua_next(L_, 4) != 0) {
      if (lua_type(L_, -2) == LUA_TSTRING) read_param(string_at(L_, -2));
      lua_pop(L_, 1);
    }
  }

  void read_param(std::string_view name) {
    if (name == "headers") return read_headers();
    if (name == "timeout") return read_timeout();
    if (name == "redirects") return read_redirects();
    if (name == "responseType") return read_response_type();
    if (name == "tags") return read_name_tag();
    if (std::find(kLaterParams.begin(), kLaterParams.end(), name) != kLaterParams.end()) {
      fail(fmt::format("params.{} is not supported by this version of loadrun", name));
    }
  }

  void read_headers() {
    if (!lua_istable(L_, -1)) return fail(expected("headers", "a table of name = value"));
    lua_pushnil(L_);
    while (lua_next(L_, -2) != 0) {
      if (lua_type(L_, -2) == LUA_TSTRING && is_text(L_, -1)) {
        call_.request.headers.push_back({std::string(string_at(L_, -2)), text_at(L_, -1)});
      } else {
        fail("params.headers: names must be strings, values strings or numbers");
      }
      lua_pop(L_, 1);
    }
    sort_headers();
  }

  /// A Lua table has no order; what is sent must not depend on chance.
  void sort_headers() {
    std::vector<net::Header>& headers = call_.request.headers;
    if (headers.size() < 2) return;
    std::sort(headers.begin(), headers.end(),
              [](const net::Header& a, const net::Header& b) { return a.name < b.name; });
  }

  void read_timeout() {
    const auto timeout = lua_type(L_, -1) == LUA_TNUMBER   ? duration_from_ms(lua_tonumber(L_, -1))
                         : lua_type(L_, -1) == LUA_TSTRING ? parse_duration_or_ms(string_at(L_, -1))
                                                           : Result<Nanoseconds>(Error{});
    if (!timeout.ok() || timeout.value() < 0ns) {
      return fail(expected("timeout", "milliseconds or a duration like \"10s\", not negative"));
    }
    if (timeout.value() > 0ns) call_.request.timeout = timeout.value();
  }

  void read_redirects() {
    const double count = lua_type(L_, -1) == LUA_TNUMBER ? lua_tonumber(L_, -1) : -1;
    if (count < 0 || count > 1000 || count != static_cast<int>(count)) {
      return fail(expected("redirects", "a whole number from 0 to 1000"));
    }
    call_.request.max_redirects = static_cast<int>(count);
  }

  void read_response_type() {
    const std::string_view type = lua_type(L_, -1) == LUA_TSTRING ? string_at(L_, -1) : "";
    if (type != "text" && type != "binary" && type != "none") {
      return fail(expected("responseType", "\"text\", \"binary\" or \"none\""));
    }
    call_.request.discard_body = type == "none";
  }

  /// The tag `name` replaces the URL in the tags `name` and `url`.
  void read_name_tag() {
    lua_getfield(L_, -1, "name");
    if (is_text(L_, -1)) call_.name = text_at(L_, -1);
    lua_pop(L_, 1);
  }

  std::string expected(std::string_view param, std::string_view what) {
    return fmt::format("params.{}: expected {}, got {}", param, what,
                       is_text(L_, -1) ? text_at(L_, -1) : luaL_typename(L_, -1));
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  lua_State* L_;
  Runtime& runtime_;
  HttpCall& call_;
  std::string problem_;
};

bool read_call(lua_State* L, Runtime& runtime, HttpCall& call) {
  const std::string problem = CallReader(L, runtime, call).read();
  if (!problem.empty()) push_error(L, "http: " + problem);
  return problem.empty();
}

metrics::TagSetId request_tags(lua_State* L, Runtime& runtime) {
  const metrics::TagSetId base = runtime.task().tags();
  if (!lua_istable(L, 4)) return base;
  lua_getfield(L, 4, "tags");
  const metrics::TagSetId tags = tags_at(L, runtime, lua_gettop(L), base);
  lua_pop(L, 1);
  return tags;
}

/// http_request(method, url, body, params) -> response, after the worker resumed the VU
int http_request(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  lua_settop(L, 4);
  check_can_wait(L, runtime, "an HTTP request");
  if (lua_type(L, 1) != LUA_TSTRING) return raise_error(L, "http: the method must be a string");
  if (lua_type(L, 2) != LUA_TSTRING) {
    return raise_error(L, "http: the URL must be a string, not a %s", luaL_typename(L, 2));
  }
  if (!lua_isnil(L, 4) && !lua_istable(L, 4)) {
    return raise_error(L, "http: params must be a table, not a %s", luaL_typename(L, 4));
  }
  Task& task = runtime.task();
  task.call.tags = request_tags(L, runtime);
  if (!read_call(L, runtime, task.call)) return lua_error(L);
  task.keep_body = !task.call.request.discard_body;
  runtime.host().start_http(task);
  return task.suspend(L);
}

constexpr luaL_Reg kFunctions[] = {{"http_request", http_request}, {nullptr, nullptr}};

}  // namespace

void add_http_bindings(lua_State* L, Runtime& runtime) {
  create_response_metatable(L, runtime);
  lua_setfield(L, -2, "response_methods");
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script
