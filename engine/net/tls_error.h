#pragma once

#include <string_view>

#include "net/failure.h"

namespace loadrun::net {

/// The failure behind `verify_result`, OpenSSL's X509_V_ERR_*, of a server's certificate that was
/// refused; `message` is libcurl's.
Failure certificate_failure(long verify_result, std::string_view message);

/// The failure of TLS that `message`, libcurl's with OpenSSL's in it, tells of; code 0 when it is
/// none of TLS.
Failure tls_failure(std::string_view message);

}  // namespace loadrun::net
