#pragma once

#include <memory>
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
  /// With `keeps_tls_sessions` new connections may resume the TLS sessions of earlier ones.
  SessionState(HttpClient& owner, CurlDriver& driver_of_owner, Dialer& dialer_of_owner,
               const Origin& where_from, bool keeps_tls_sessions);
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;
  /// REQUIRES: no transfer is running.
  ~SessionState();

  /// CURLOPT_CLOSESOCKETFUNCTION with the session as its data: connections outlive the transfer
  /// that opened them.
  static int on_close(void* self, curl_socket_t fd);

  HttpClient& client;  ///< Outlives every session; so do driver and dialer.
  CurlDriver& driver;
  Dialer& dialer;
  Origin origin;
  Traffic traffic;  ///< Told about closing connections until `share` is gone.
  TunnelOwners tunnel_owners;
  CurlShare share;  ///< Connection cache and TLS sessions. Easies leave it before it is destroyed.
  std::vector<std::unique_ptr<Transfer>> transfers;
  std::vector<Transfer*> idle;  ///< Those of `transfers` without work.
};

}  // namespace loadrun::net
