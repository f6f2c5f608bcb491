#pragma once

#include <memory>
#include <string>

#include "net/curl_handles.h"
#include "net/ocsp.h"

namespace loadrun::net {

/// How a connection is encrypted, in k6's words: "tls1.3", "TLS_AES_128_GCM_SHA256".
struct TlsInfo {
  std::string version;
  std::string cipher_suite;
  std::shared_ptr<const OcspStatus> ocsp;  ///< What the server stapled; null when it did not.
};

/// Of the connection `easy` is using. REQUIRES: called from one of its callbacks; later the
/// connection is not its own.
TlsInfo tls_info(CURL* easy);

/// The server of that connection chose HTTP/2. REQUIRES: as tls_info().
bool speaks_http2(CURL* easy);

}  // namespace loadrun::net
