#include <algorithm>
#include <cmath>

#include "base/duration.h"
#include "base/log.h"
#include "net/url_check.h"
#include "script/bindings.h"
#include "script/cookie_jar_object.h"
#include "script/http_body.h"
#include "script/http_cookies.h"
#include "script/http_file.h"
#include "script/http_response.h"
#include "script/http_route.h"
#include "script/runtime.h"
#include "script/text_argument.h"
#include "script/vu_script.h"

namespace loadrun::script {
namespace {

/// Reads one call's arguments into an HttpCall. The first problem is kept; nothing is raised while
/// it works.
class CallReader {
 public:
  CallReader(lua_State* L, Runtime& runtime, HttpCall& call)
      : L_(L), runtime_(runtime), call_(call) {}

  /// "" when all was well. Arguments: method, url, body, params; tags were read before.
  std::string read() {
    call_.name.reset();
    call_.expected = runtime_.current().response_callback();
    call_.throw_errors = runtime_.settings.throw_errors;
    call_.redirects_given = runtime_.settings.max_redirects_given;
    net::HttpRequest& request = call_.request;
    request = net::HttpRequest{};
    request.max_redirects = runtime_.settings.max_redirects;
    request.version = runtime_.settings.http_version;
    request.discard_body = runtime_.settings.discard_response_bodies;
    request.jar = runtime_.current().cookies();
    request.method = string_at(L_, 1);
    if (request.method.empty()) request.method = "GET";  // as Go has it
    read_url();
    read_body();
    if (lua_istable(L_, 4)) read_params();
    if (problem_.empty()) fail(complete_body(request, content_type_, codings_));
    return std::move(problem_);
  }

 private:
  /// A string, or what http.url made: the tag `name` then is the template.
  void read_url() {
    if (lua_type(L_, 2) == LUA_TSTRING) {
      call_.request.url = string_at(L_, 2);
      return;
    }
    lua_getfield(L_, 2, "url");
    lua_getfield(L_, 2, "name");
    call_.request.url = string_at(L_, -2);
    call_.name = string_at(L_, -1);
    lua_pop(L_, 2);
  }

  void read_body() {
    if (lua_isnoneornil(L_, 3)) return;
    if (lua_type(L_, 3) != LUA_TSTRING) {
      return fail(script::read_body(L_, runtime_, 3, call_.request, content_type_));
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
    if (lua_islightuserdata(L_, -1) && name != "responseCallback") return;  // json.null: as absent
    if (name == "headers") return read_headers();
    if (name == "timeout") return read_timeout();
    if (name == "redirects") return read_redirects();
    if (name == "responseType") return read_response_type();
    if (name == "tags") return read_name_tag();
    if (name == "auth") return read_auth();
    if (name == "responseCallback") return read_response_callback();
    if (name == "throw") return read_throw();
    if (name == "compression") return read_compression();
    if (name == "cookies") return fail(read_request_cookies(L_, call_.request.cookies));
    if (name == "jar") return read_jar();
    if (name == "proxy") return fail(read_proxy(L_, call_.request));
    if (name == "unixSocket") return fail(read_unix_socket(L_, call_.request));
    if (name == "httpVersion") return read_http_version();
  }

  void read_headers() {
    if (!lua_istable(L_, -1)) return fail(expected("headers", "a table of name = value"));
    lua_pushnil(L_);
    while (lua_next(L_, -2) != 0) {
      if (lua_type(L_, -2) == LUA_TSTRING && (is_text(L_, -1) || lua_isboolean(L_, -1))) {
        call_.request.headers.push_back({std::string(string_at(L_, -2)), text_at(L_, -1)});
      } else {
        fail("params.headers: names must be strings, values strings, numbers or booleans");
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
    call_.redirects_given = true;
  }

  void read_response_type() {
    const std::string_view type = lua_type(L_, -1) == LUA_TSTRING ? string_at(L_, -1) : "";
    if (type != "text" && type != "binary" && type != "none") {
      return fail(expected("responseType", "\"text\", \"binary\" or \"none\""));
    }
    call_.request.discard_body = type == "none";
  }

  void read_auth() {
    const std::string_view scheme = lua_type(L_, -1) == LUA_TSTRING ? string_at(L_, -1) : "";
    if (scheme == "digest") {
      call_.request.auth = net::Auth::kDigest;
    } else if (scheme == "ntlm") {
      call_.request.auth = net::Auth::kNtlm;
    } else if (scheme != "basic") {
      fail(expected("auth", "\"basic\", \"digest\" or \"ntlm\""));
    }
  }

  void read_response_callback() {
    call_.expected = status_set_at(L_, lua_gettop(L_));
    if (call_.expected == nullptr && !is_no_callback(L_, lua_gettop(L_))) {
      fail(expected("responseCallback", "http.expectedStatuses(...), or json.null for none"));
    }
  }

  void read_throw() {
    if (!lua_isboolean(L_, -1)) return fail(expected("throw", "true or false"));
    call_.throw_errors = lua_toboolean(L_, -1) != 0;
  }

  void read_compression() {
    if (lua_type(L_, -1) != LUA_TSTRING)
      return fail(expected("compression", "a list like \"gzip\""));
    auto codings = net::parse_codings(string_at(L_, -1));
    if (!codings.ok()) return fail("params.compression: " + codings.error().message);
    codings_ = std::move(codings).value();
  }

  void read_http_version() {
    const std::string_view text = lua_type(L_, -1) == LUA_TSTRING ? string_at(L_, -1) : "";
    const auto version = parse_http_version(text);
    if (!version.ok()) return fail(expected("httpVersion", "\"auto\", \"1.1\" or \"2\""));
    call_.request.version = version.value();
  }

  void read_jar() {
    const JarHandle* jar = jar_at(L_, -1);
    if (jar == nullptr) return fail(expected("jar", "a jar of http.CookieJar()"));
    call_.request.jar = *jar;
  }

  /// The tag `name` replaces the URL in the tags `name` and `url`.
  void read_name_tag() {
    lua_getfield(L_, -1, "name");
    if (is_text(L_, -1)) call_.name = text_at(L_, -1);
    lua_pop(L_, 1);
  }

  std::string expected(std::string_view param, std::string_view what) {
    return unexpected(L_, fmt::format("params.{}", param), what);
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  lua_State* L_;
  Runtime& runtime_;
  HttpCall& call_;
  std::string content_type_;  ///< Of the body, unless the script names one.
  std::vector<net::Coding> codings_;
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
  const bool is_null = lua_islightuserdata(L, -1);
  const metrics::TagSetId tags = is_null ? base : tags_at(L, runtime, lua_gettop(L), base);
  lua_pop(L, 1);
  return tags;
}

bool is_url_template(lua_State* L, int index) {
  if (!lua_istable(L, index)) return false;
  lua_getfield(L, index, "url");
  lua_getfield(L, index, "name");
  const bool is_one = lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING;
  lua_pop(L, 2);
  return is_one;
}

/// http_request(method, url, body, params) -> response, after the worker resumed the VU
int http_request(lua_State* L) {
  Runtime& runtime = context_of<Runtime>(L);
  lua_settop(L, 4);
  check_can_wait(L, runtime, "an HTTP request");
  if (lua_type(L, 1) != LUA_TSTRING) return raise_error(L, "http: the method must be a string");
  if (lua_type(L, 2) != LUA_TSTRING && !is_url_template(L, 2)) {
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

/// url_problem(url) -> why it cannot be requested, or nothing
int url_problem(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  const net::Failure failure = net::check_url(string_at(L, 1));
  if (failure.code == 0) return 0;
  push_view(L, failure.text);
  return 1;
}

/// batch_limits() -> how many requests of a batch may be in flight, and how many of them to one
/// host
int batch_limits(lua_State* L) {
  const plan::Plan& plan = context_of<Runtime>(L).host().plan();
  lua_pushnumber(L, plan.batch == 0 ? HUGE_VAL : static_cast<double>(plan.batch));
  lua_pushnumber(L, plan.batch_per_host == 0 ? HUGE_VAL : static_cast<double>(plan.batch_per_host));
  return 2;
}

/// warn(text): into the log, as the engine's
int warn(lua_State* L) {
  log_warning("{}", string_at(L, 1));
  return 0;
}

constexpr luaL_Reg kFunctions[] = {{"http_request", http_request},
                                   {"warn", warn},
                                   {"url_problem", url_problem},
                                   {"batch_limits", batch_limits},
                                   {nullptr, nullptr}};

}  // namespace

void add_http_bindings(lua_State* L, Runtime& runtime) {
  create_response_metatable(L, runtime);
  lua_setfield(L, -2, "response_methods");
  add_http_file_binding(L, runtime);
  register_functions(L, kFunctions, &runtime);
}

}  // namespace loadrun::script
