#include "script/http_route.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <memory>
#include <utility>

#include "net/proxy_url.h"
#include "net/route.h"
#include "script/text_argument.h"

namespace loadrun::script {
namespace {

constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;

std::string set(net::HttpRequest& request, net::Route route) {
  if (!route.proxy.empty() && !route.unix_socket.empty()) {
    return "params.unixSocket: there is no proxy on the way to a socket; params.proxy names one";
  }
  request.route = std::make_shared<const net::Route>(std::move(route));
  return "";
}

net::Route route_of(const net::HttpRequest& request) {
  return request.route ? *request.route : net::Route{};
}

}  // namespace

// Messages never show the value: it may have a password.
std::string read_proxy(lua_State* L, net::HttpRequest& request) {
  net::Route route = route_of(request);
  const bool is_string = lua_type(L, -1) == LUA_TSTRING;
  const bool is_none =
      is_string ? string_at(L, -1).empty() : lua_isboolean(L, -1) && lua_toboolean(L, -1) == 0;
  if (!is_string && !is_none) {
    return std::string("params.proxy: expected the URL of a proxy, or false for none, got a ") +
           luaL_typename(L, -1);
  }
  if (!is_none) {
    auto proxy = net::parse_proxy_url(string_at(L, -1));
    if (!proxy.ok()) return "params.proxy: " + proxy.error().message;
    route.proxy = std::move(proxy).value();
  }
  return set(request, std::move(route));
}

std::string read_unix_socket(lua_State* L, net::HttpRequest& request) {
  const bool is_string = lua_type(L, -1) == LUA_TSTRING;
  const std::string_view path = is_string ? string_at(L, -1) : "";
  if (path.empty() || path.size() > kLongestPath || path.find('\0') != std::string_view::npos) {
    return unexpected(L, "params.unixSocket", fmt::format("a path of 1 to {} bytes", kLongestPath));
  }
  net::Route route = route_of(request);
  route.unix_socket = path;
  return set(request, std::move(route));
}

}  // namespace loadrun::script
