#pragma once

#include <optional>
#include <string>
#include <vector>

namespace loadrun::plan {

/// The versions of TLS that are offered, "tls1.0" to "tls1.3"; "" leaves that end open.
struct TlsVersions {
  std::string min;
  std::string max;
};

/// A certificate to show to servers that ask for one. Its texts are known to be good.
struct TlsAuth {
  std::string cert;  ///< PEM, its chain behind it.
  std::string key;   ///< PEM.
  std::optional<std::string> password;
  std::vector<std::string> domains;  ///< "a.example", "*.example"; none is every host.
};

/// How connections are encrypted: k6's options, validated.
struct Tls {
  std::optional<TlsVersions> versions;
  std::vector<std::string> cipher_suites;  ///< Go's names; none is OpenSSL's choice.
  std::optional<std::vector<TlsAuth>> auth;
  /// A VU's new connections continue its earlier sessions, which end where noVUConnectionReuse
  /// closes its connections.
  bool session_resumption = false;
};

}  // namespace loadrun::plan
