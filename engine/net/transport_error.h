#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/failure.h"

namespace loadrun::net {

/// What libcurl says about a transfer that failed.
struct TransportError {
  int curl_code = 0;                   ///< CURLcode.
  int os_errno = 0;                    ///< CURLINFO_OS_ERRNO.
  long verify_result = 0;              ///< CURLINFO_SSL_VERIFYRESULT, OpenSSL's X509_V_ERR_*.
  bool connected = false;              ///< The request could have been sent.
  bool has_proxy = false;              ///< It went, or was to go, through a proxy.
  std::string_view tunnel_reply = {};  ///< Status and reason of a proxy that refused CONNECT.
  std::string_view unix_socket = {};   ///< Path of the socket, when it was to be one.
  bool http2 = false;                  ///< The connection speaks HTTP/2.
  std::optional<std::uint32_t> go_away = {};  ///< The code of the GOAWAY that came on it.
  std::string_view message = {};              ///< libcurl's error buffer; may be empty.
};

/// `failure`, which kept a connection to a proxy from being made, as the request's.
Failure proxy_failure(Failure failure);

/// k6's code and text for `error`. Texts that k6 takes from Go are matched by class.
Failure classify(const TransportError& error);

}  // namespace loadrun::net
