#include "script/http_response.h"

#include <cstring>
#include <new>
#include <span>
#include <type_traits>

#include "net/response_head.h"
#include "script/http_cookies.h"
#include "script/json_body.h"
#include "script/large_body.h"
#include "script/runtime.h"

namespace loadrun::script {
namespace {

constexpr const char* kMetatable = "loadrun.http_response";

/// A header field in the response's own memory.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

/// What is known about the body.
enum class Validity : char { kUnknown, kJson, kNotJson };

/// What a response knows, in one block of the collector's memory: this struct, the header fields,
/// their texts and the others', the body, and the JSON parser's padding. Without a destructor a
/// response costs the collector a free.
struct Response {
  int status, error_code, remote_port;
  net::HttpTimings timings;
  std::string_view method, request_url;  ///< As the script asked; a redirect changes neither.
  std::string_view url, status_text, proto, remote_ip, tls_version, tls_cipher_suite, error;
  std::string_view sent_cookies, request_body, body;
  std::size_t header_count, request_header_count;
  bool has_body;
  Validity validity;
  const net::OcspStatus* ocsp;  ///< In the block; null when nothing was stapled.
  bool keeps_fields;            ///< Its environment is a table of its own: see keep().

  std::span<HeaderView> headers() {
    return {reinterpret_cast<HeaderView*>(this + 1), header_count};
  }
  std::span<HeaderView> request_headers() {
    return {reinterpret_cast<HeaderView*>(this + 1) + header_count, request_header_count};
  }
};
static_assert(std::is_trivially_destructible_v<Response>);
static_assert(alignof(HeaderView) <= alignof(Response));
static_assert(std::is_trivially_destructible_v<net::OcspStatus>);
static_assert(alignof(net::OcspStatus) <= alignof(HeaderView));

/// Copies texts one after the other into a block.
class TextWriter {
 public:
  explicit TextWriter(char* at) : at_(at) {}

  std::string_view write(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    const std::string_view copy(at_, text.size());
    at_ += text.size();
    return copy;
  }

 private:
  char* at_;
};

Response& response_at(lua_State* L, int index) {
  return *static_cast<Response*>(luaL_checkudata(L, index, kMetatable));
}

void set_number(lua_State* L, const char* name, Nanoseconds value) {
  lua_pushnumber(L, to_milliseconds(value));
  lua_setfield(L, -2, name);
}

void push_timings(lua_State* L, const net::HttpTimings& timings) {
  lua_createtable(L, 0, 8);
  set_number(L, "duration", timings.duration());
  set_number(L, "blocked", timings.blocked);
  set_number(L, "looking_up", timings.looking_up);
  set_number(L, "connecting", timings.connecting);
  set_number(L, "tls_handshaking", timings.tls_handshaking);
  set_number(L, "sending", timings.sending);
  set_number(L, "waiting", timings.waiting);
  set_number(L, "receiving", timings.receiving);
}

/// Header fields by canonical name; repeated ones are joined by ", " as k6 does.
void push_headers(lua_State* L, Response& response) {
  lua_createtable(L, 0, static_cast<int>(response.header_count));
  for (const HeaderView& header : response.headers()) {
    push_view(L, header.name);
    lua_pushvalue(L, -1);
    lua_rawget(L, -3);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      push_view(L, header.value);
    } else {
      lua_pushliteral(L, ", ");
      push_view(L, header.value);
      lua_concat(L, 3);
    }
    lua_rawset(L, -3);
  }
}

/// What the Set-Cookie headers say, by name.
void push_cookies(lua_State* L, Response& response) {
  lua_newtable(L);
  for (const HeaderView& header : response.headers()) {
    if (header.name == "Set-Cookie") add_response_cookie(L, header.value);
  }
}

/// Request header fields by canonical name: lists, as k6 has them.
void push_request_headers(lua_State* L, Runtime& runtime, Response& response) {
  lua_createtable(L, 0, static_cast<int>(response.request_header_count) + 1);
  const auto add = [L](std::string_view name, std::string_view value) {
    push_view(L, name);
    lua_createtable(L, 1, 0);
    push_view(L, value);
    lua_rawseti(L, -2, 1);
    lua_rawset(L, -3);
  };
  const std::string& user_agent = runtime.host().plan().user_agent;
  if (!user_agent.empty()) add("User-Agent", user_agent);
  for (const HeaderView& header : response.request_headers()) {
    add(net::canonical_header_name(header.name), header.value);
  }
}

void push_request(lua_State* L, Runtime& runtime, Response& response) {
  lua_createtable(L, 0, 5);
  push_view(L, response.method);
  lua_setfield(L, -2, "method");
  push_view(L, response.request_url);
  lua_setfield(L, -2, "url");
  push_view(L, response.request_body);
  lua_setfield(L, -2, "body");
  push_request_headers(L, runtime, response);
  lua_setfield(L, -2, "headers");
  push_request_cookies(L, response.sent_cookies);
  lua_setfield(L, -2, "cookies");
}

void push_ocsp(lua_State* L, const Response& response) {
  const net::OcspStatus none{.status = response.tls_version.empty() ? "" : "unknown"};
  const net::OcspStatus& ocsp = response.ocsp == nullptr ? none : *response.ocsp;
  lua_createtable(L, 0, 6);
  const auto set_time = [L](const char* name, std::int64_t seconds) {
    lua_pushnumber(L, static_cast<lua_Number>(seconds));
    lua_setfield(L, -2, name);
  };
  set_time("produced_at", ocsp.produced_at);
  set_time("this_update", ocsp.this_update);
  set_time("next_update", ocsp.next_update);
  set_time("revoked_at", ocsp.revoked_at);
  push_view(L, ocsp.revocation_reason);
  lua_setfield(L, -2, "revocation_reason");
  push_view(L, ocsp.status);
  lua_setfield(L, -2, "status");
}

enum class Field {
  kUrl = 1,
  kStatus,
  kStatusText,
  kProto,
  kHeaders,
  kCookies,
  kBody,
  kRemoteIp,
  kRemotePort,
  kTimings,
  kTlsVersion,
  kTlsCipherSuite,
  kOcsp,
  kError,
  kErrorCode,
  kRequest,
  kJson,
  kLargeBody  ///< Not a field: what owns the body.
};

struct FieldName {
  const char* name;
  Field field;
};

constexpr FieldName kFields[] = {
    {"url", Field::kUrl},
    {"status", Field::kStatus},
    {"status_text", Field::kStatusText},
    {"proto", Field::kProto},
    {"headers", Field::kHeaders},
    {"cookies", Field::kCookies},
    {"body", Field::kBody},
    {"remote_ip", Field::kRemoteIp},
    {"remote_port", Field::kRemotePort},
    {"timings", Field::kTimings},
    {"tls_version", Field::kTlsVersion},
    {"tls_cipher_suite", Field::kTlsCipherSuite},
    {"ocsp", Field::kOcsp},
    {"error", Field::kError},
    {"error_code", Field::kErrorCode},
    {"request", Field::kRequest},
    {"json", Field::kJson},
};

/// A field that costs something to make is kept in the userdata's environment table after its first
/// use.
bool push_kept(lua_State* L, const Response& response, Field field) {
  if (!response.keeps_fields) return false;
  lua_getfenv(L, 1);
  lua_rawgeti(L, -1, static_cast<int>(field));
  lua_remove(L, -2);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

/// Keeps the value on top of the stack, for the response at `index`.
void keep(lua_State* L, int index, Response& response, Field field) {
  if (!response.keeps_fields) {
    lua_newtable(L);
    lua_setfenv(L, index);
    response.keeps_fields = true;
  }
  lua_getfenv(L, index);
  lua_pushvalue(L, -2);
  lua_rawseti(L, -2, static_cast<int>(field));
  lua_pop(L, 1);
}

void push_costly(lua_State* L, Runtime& runtime, Response& response, Field field) {
  if (push_kept(L, response, field)) return;
  if (field == Field::kHeaders) push_headers(L, response);
  if (field == Field::kCookies) push_cookies(L, response);
  if (field == Field::kTimings) push_timings(L, response.timings);
  if (field == Field::kOcsp) push_ocsp(L, response);
  if (field == Field::kRequest) push_request(L, runtime, response);
  if (field == Field::kBody) push_view(L, response.body);
  keep(L, 1, response, field);
}

void push_field(lua_State* L, Runtime& runtime, Response& response, Field field) {
  switch (field) {
    case Field::kUrl:
      return push_view(L, response.url);
    case Field::kStatus:
      return lua_pushinteger(L, response.status);
    case Field::kStatusText:
      return push_view(L, response.status_text);
    case Field::kProto:
      return push_view(L, response.proto);
    case Field::kRemoteIp:
      return push_view(L, response.remote_ip);
    case Field::kRemotePort:
      return lua_pushinteger(L, response.remote_port);
    case Field::kTlsVersion:
      return push_view(L, response.tls_version);
    case Field::kTlsCipherSuite:
      return push_view(L, response.tls_cipher_suite);
    case Field::kError:
      return push_view(L, response.error);
    case Field::kErrorCode:
      return lua_pushinteger(L, response.error_code);
    case Field::kJson:
      return lua_pushvalue(L, lua_upvalueindex(2));
    case Field::kBody:
      return response.has_body ? push_costly(L, runtime, response, field) : lua_pushnil(L);
    default:
      return push_costly(L, runtime, response, field);
  }
}

/// Upvalues: 1 table of field name -> Field, and of the methods in Lua, 2 the method `json`, 3 the
/// runtime.
int response_index(lua_State* L) {
  Response& response = response_at(L, 1);
  lua_settop(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  const auto field = static_cast<Field>(lua_tointeger(L, -1));
  if (field == Field{}) return 1;  // a method in Lua, or nil
  push_field(L, *static_cast<Runtime*>(lua_touserdata(L, lua_upvalueindex(3))), response, field);
  return 1;
}

int response_newindex(lua_State* L) { return raise_error(L, "a response's fields are read-only"); }

/// res:json(): the whole body. As in k6 it is read once, and what a script changes stays changed.
std::string push_document(lua_State* L, Json& json, Response& response, BigIntegers big) {
  const bool keeps = big == BigIntegers::kAsStrings;
  if (keeps && push_kept(L, response, Field::kJson)) return {};
  std::string problem = push_json_body(L, json, response.body, big);
  if (!problem.empty()) return problem;
  response.validity = Validity::kJson;
  if (keeps) keep(L, 1, response, Field::kJson);
  return problem;
}

/// res:json(path). As in k6, a path into text that is no JSON selects nothing.
std::string push_selected(lua_State* L, Json& json, Response& response, BigIntegers big) {
  if (response.validity == Validity::kUnknown) {
    bool is_json = false;
    std::string problem =
        push_first_selected_json(L, json, response.body, string_at(L, 2), big, is_json);
    response.validity = is_json ? Validity::kJson : Validity::kNotJson;
    return problem;
  }
  if (response.validity == Validity::kJson) {
    return push_selected_json(L, json, response.body, string_at(L, 2), big);
  }
  lua_pushnil(L);
  return {};
}

bool push_json(lua_State* L, Json& json, Response& response) {
  const BigIntegers big = big_integers_at(L, 3);
  std::string problem;
  if (!response.has_body) {
    problem =
        "the body is null so we can't transform it to JSON - this likely was because of a request "
        "error getting the response";
  } else if (lua_isnoneornil(L, 2)) {
    problem = push_document(L, json, response, big);
  } else {
    problem = push_selected(L, json, response, big);
  }
  if (!problem.empty()) push_error(L, "res:json: " + problem);
  return problem.empty();
}

/// res:json(path, options)
int response_json(lua_State* L) {
  Response& response = response_at(L, 1);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TSTRING);
  return push_json(L, context_of<Runtime>(L).json(), response) ? 1 : lua_error(L);
}

/// A table of the fields: what console shows.
int response_fields(lua_State* L) {
  Response& response = response_at(L, 1);
  lua_settop(L, 1);
  lua_createtable(L, 0, static_cast<int>(std::size(kFields)));
  for (const FieldName& entry : kFields) {
    if (entry.field == Field::kJson) continue;
    push_field(L, context_of<Runtime>(L), response, entry.field);
    lua_setfield(L, 2, entry.name);
  }
  return 1;
}

void push_field_names(lua_State* L) {
  lua_newtable(L);
  for (const FieldName& entry : kFields) {
    lua_pushinteger(L, static_cast<int>(entry.field));
    lua_setfield(L, -2, entry.name);
  }
}

}  // namespace

std::vector<std::string_view> response_fields() {
  std::vector<std::string_view> names;
  for (const FieldName& entry : kFields) names.emplace_back(entry.name);
  return names;
}

void create_response_metatable(lua_State* L, Runtime& runtime) {
  create_large_body_metatable(L);
  push_field_names(L);
  push_locked_metatable(L, kMetatable);
  lua_pushvalue(L, -2);
  lua_pushlightuserdata(L, &runtime);
  lua_pushcclosure(L, response_json, 1);
  lua_pushlightuserdata(L, &runtime);
  lua_pushcclosure(L, response_index, 3);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, response_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_pushlightuserdata(L, &runtime);
  lua_pushcclosure(L, response_fields, 1);
  lua_setfield(L, -2, "__fields");
  lua_pop(L, 1);
}

namespace {

bool is_large(const net::HttpResult& result) { return result.body.size() >= kLargeBody; }

std::size_t text_size(const net::HttpResult& result) {
  const net::HttpExchange& e = result.exchanges.back();
  const net::HttpExchange& first = result.exchanges.front();
  std::size_t size = first.method.size() + first.url.size() + e.url.size() + e.status_text.size() +
                     e.proto.size() + e.remote_ip.size() + e.tls_version.size() +
                     e.tls_cipher_suite.size() + e.error.size() + result.sent_cookies.size();
  for (const net::Header& header : result.headers) size += header.name.size() + header.value.size();
  for (const net::Header& header : result.request_headers) {
    size += header.name.size() + header.value.size();
  }
  if (!is_large(result)) size += result.body.size() + kJsonPadding;
  return size + result.request_body.size();
}

/// All but a large body.
void fill(Response& response, const net::HttpResult& result) {
  const net::HttpExchange& e = result.exchanges.back();
  response.header_count = result.headers.size();
  response.request_header_count = result.request_headers.size();
  char* free =
      reinterpret_cast<char*>(response.request_headers().data() + response.request_header_count);
  if (e.ocsp) {
    response.ocsp = new (free) net::OcspStatus(*e.ocsp);
    free += sizeof(net::OcspStatus);
  }
  TextWriter texts(free);
  const auto copy = [&texts](std::span<HeaderView> to, const std::vector<net::Header>& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::string_view name = texts.write(from[i].name);
      new (&to[i]) HeaderView{name, texts.write(from[i].value)};
    }
  };
  copy(response.headers(), result.headers);
  copy(response.request_headers(), result.request_headers);
  response.status = e.status;
  response.error_code = e.error_code;
  response.remote_port = e.remote_port;
  response.timings = e.timings;
  const net::HttpExchange& first = result.exchanges.front();
  response.method = texts.write(first.method);
  response.request_url = texts.write(first.url);
  response.url = texts.write(e.url);
  response.status_text = texts.write(e.status_text);
  response.proto = texts.write(e.proto);
  response.remote_ip = texts.write(e.remote_ip);
  response.tls_version = texts.write(e.tls_version);
  response.tls_cipher_suite = texts.write(e.tls_cipher_suite);
  response.error = texts.write(e.error);
  response.request_body = texts.write(result.request_body);
  response.sent_cookies = texts.write(result.sent_cookies);
  if (is_large(result)) return;
  response.body = texts.write(result.body);
  std::memset(const_cast<char*>(response.body.data() + response.body.size()), 0, kJsonPadding);
}

/// Statuses without a body by definition (RFC 9110 6.4.1) have null there, as in k6.
bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void push_response(lua_State* L, net::HttpResult& result, bool keep_body) {
  const std::size_t header_count = result.headers.size() + result.request_headers.size();
  const std::size_t size = sizeof(Response) + header_count * sizeof(HeaderView) +
                           (result.exchanges.back().ocsp ? sizeof(net::OcspStatus) : 0) +
                           text_size(result);
  auto* response = new (lua_newuserdata(L, size)) Response{};
  fill(*response, result);
  response->has_body = keep_body && may_have_body(response->status);
  luaL_getmetatable(L, kMetatable);
  lua_setmetatable(L, -2);
  if (!is_large(result)) return;
  response->body = push_large_body(L, std::move(result.body));
  keep(L, lua_gettop(L) - 1, *response, Field::kLargeBody);
  lua_pop(L, 1);
}

}  // namespace loadrun::script
