#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/key_pair.h"

namespace loadrun::net {

/// What a server that asks for a certificate is shown.
struct ClientCertificate {
  KeyPair pair;
  std::vector<std::string> domains;  ///< "a.example", "*.example"; none is every host.
};

/// How connections are encrypted. The version numbers are those on the wire, 0x0303 is TLS 1.2.
struct TlsSettings {
  int min_version = 0;            ///< 0: TLS 1.2, as in Go, or less when `max_version` is.
  int max_version = 0;            ///< 0: whatever there is.
  bool restrict_ciphers = false;  ///< Up to TLS 1.2 only those of `ciphers`.
  std::string ciphers = {};       ///< OpenSSL's names, with colons between them.
  std::vector<ClientCertificate> client_certificates = {};
  bool session_resumption = false;  ///< Sessions of a VU continue on its new connections.
  std::string ca_file = {};  ///< PEM file of the authorities that are trusted; "" is the system's.
};

/// The certificate for `host`: as in Go the first with its name, else the first with the name whose
/// first label is a "*", else the first without domains; nullptr when there is none.
const ClientCertificate* certificate_for(std::string_view host,
                                         const std::vector<ClientCertificate>& certificates);

/// Applies `settings` to the context of one connection to `host`, before its handshake. False when
/// OpenSSL refuses: the connection cannot be made.
bool configure_tls(SSL_CTX* context, const TlsSettings& settings, std::string_view host);

}  // namespace loadrun::net
