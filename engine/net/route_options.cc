#include "net/route_options.h"

#include <algorithm>

#include "net/proxy_url.h"
#include "net/route.h"
#include "net/url_check.h"

namespace loadrun::net {
namespace {

bool is_tunnel(const std::string& proxy, const std::string& url) {
  const bool tls = is_https(url);
  return tls && !proxy.empty() && !is_socks_proxy(proxy);
}

}  // namespace

bool TunnelOwners::may_keep(const std::string& proxy) {
  for (const std::string& known : proxies_) {
    if (proxy_address(known) == proxy_address(proxy)) return known == proxy;
  }
  proxies_.push_back(proxy);
  return true;
}

void RouteOptions::change(CURL* easy, const HttpRequest& request) {
  static const std::string kNone;
  const std::string& unix_socket = request.route ? request.route->unix_socket : kNone;
  const std::string& proxy = request.route  ? request.route->proxy
                             : environment_ ? environment_->proxy_for(request.url)
                                            : kNone;
  if (proxy != proxy_) curl_easy_setopt(easy, CURLOPT_PROXY, proxy.c_str());
  if (unix_socket != unix_socket_) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
                     unix_socket.empty() ? nullptr : unix_socket.c_str());
  }
  proxy_ = proxy;
  unix_socket_ = unix_socket;
  keep_connections(easy, !is_tunnel(proxy, request.url) || owners_.may_keep(proxy));
}

void RouteOptions::keep_connections(CURL* easy, bool keep) {
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, keep && reuse_ ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, keep && reuse_ ? 0L : 1L);
}

}  // namespace loadrun::net
