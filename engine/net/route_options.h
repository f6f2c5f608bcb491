#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/curl_handles.h"
#include "net/environment_proxies.h"
#include "net/http_types.h"

namespace loadrun::net {

/// Which credentials the tunnels of a session were opened with. libcurl (7.88) would use a tunnel
/// that one user opened for another one's request.
class TunnelOwners {
 public:
  /// Whether tunnels through `proxy` may be kept: those of the first credentials for its address.
  bool may_keep(const std::string& proxy);

 private:
  std::vector<std::string> proxies_;
};

/// The options of one easy handle that say through what it connects: nothing, a proxy of the
/// environment's or the request's own, or a Unix socket. Calls libcurl only for what changes.
class RouteOptions {
 public:
  /// `environment` may be null. Without `reuse`, every request has a connection of its own.
  RouteOptions(std::shared_ptr<const EnvironmentProxies> environment, TunnelOwners& owners,
               bool reuse)
      : environment_(std::move(environment)), owners_(owners), reuse_(reuse) {}

  /// To be called before every request; its URL is final.
  void apply(CURL* easy, const HttpRequest& request) {
    if (is_direct() && !request.route && !environment_) return;
    change(easy, request);
  }

  bool has_proxy() const { return !proxy_.empty(); }
  const std::string& proxy() const { return proxy_; }
  bool is_unix_socket() const { return !unix_socket_.empty(); }
  const std::string& unix_socket() const { return unix_socket_; }

 private:
  bool is_direct() const { return proxy_.empty() && unix_socket_.empty(); }
  void change(CURL* easy, const HttpRequest& request);
  void keep_connections(CURL* easy, bool keep);

  const std::shared_ptr<const EnvironmentProxies> environment_;
  TunnelOwners& owners_;  // the session's, which owns this
  const bool reuse_;      // as the options have it
  std::string proxy_, unix_socket_;
};

}  // namespace loadrun::net
