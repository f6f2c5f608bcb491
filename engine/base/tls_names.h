#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace loadrun {

/// The number that a version of TLS has on the wire (0x0303 is TLS 1.2), by its name: "tls1.0" to
/// "tls1.3". None for any other name.
std::optional<int> tls_version_number(std::string_view name);
/// The reverse; "" for numbers without a name.
std::string_view tls_version_name(int number);

/// A cipher suite by its names in Go's crypto/tls and in OpenSSL.
struct TlsSuite {
  std::string_view name;
  std::string_view openssl;  ///< "" when OpenSSL no longer has it (RC4, 3DES).
  bool tls13 = false;        ///< Of TLS 1.3, which negotiates its suites separately.
};

/// The 25 suites that k6's option `tlsCipherSuites` knows (k6-surface 2).
std::span<const TlsSuite> tls_suites();
/// The suite of that name, or nullptr.
const TlsSuite* find_tls_suite(std::string_view name);

}  // namespace loadrun
