#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "net/curl_handles.h"
#include "net/dialer.h"
#include "net/http_client.h"
#include "net/route_options.h"
#include "net/traffic.h"
#include "net/transfer.h"

namespace loadrun::net {

class CurlDriver;

/// What an HttpSession owns: connections, handles and their traffic. Confined to the client's
/// thread.
struct SessionState {
  /// With `tls_sessions` new connections may resume the TLS sessions of earlier ones.
  SessionState(HttpClient& owner, CurlDriver& driver_of_owner, Dialer& dialer_of_owner,
               const Origin& where_from, bool tls_sessions);
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;
  /// REQUIRES: no transfer is running.
  ~SessionState();

  /// CURLOPT_CLOSESOCKETFUNCTION with the session as its data: connections outlive the transfer
  /// that opened them.
  static int on_close(void* self, curl_socket_t fd);

  /// The cache for requests of the usual version, or of the other one.
  CURLSH* connections(bool usual);

  HttpClient& client;  ///< Outlives every session; so do driver and dialer.
  CurlDriver& driver;
  Dialer& dialer;
  Origin origin;
  const bool keeps_tls_sessions;
  Traffic traffic;  ///< Told about closing connections until the caches are gone.
  TunnelOwners tunnel_owners;
  std::optional<std::uint32_t> go_away;  ///< The code of the last GOAWAY since a connection opened.
  /// Caches of connections and TLS sessions, made when they are needed: that of the usual version
  /// of HTTP and that of requests that ask for another one. libcurl 7.88 would take the idle
  /// connection of either for both. Easies leave them before they are destroyed.
  CurlShare usual_connections, other_connections;
  std::vector<std::unique_ptr<Transfer>> transfers;
  std::vector<Transfer*> idle;     ///< Those of `transfers` without work.
  std::vector<Transfer*> waiting;  ///< For a connection that is being opened (ConnectionGate).
};

}  // namespace loadrun::net
