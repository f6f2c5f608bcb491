#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace loadrun::net {

/// What decides about cookies in the URL of a request.
struct CookieScope {
  std::string host;  ///< Lower case, without port, brackets and a final dot.
  std::string path;  ///< Percent-decoded, as Go compares paths; starts with "/".
  bool https = false;

  /// None when `url` is not one of http or https.
  static std::optional<CookieScope> of(const std::string& url);

  /// The path of cookies that set none: the folder of `path` (RFC 6265, 5.1.4).
  std::string_view default_path() const;
  /// An address is a host of its own: it has no domain above it.
  bool host_is_address() const;
  /// The registrable domain as far as it can be told without a list of public suffixes: the last
  /// two labels of the host, or the address. Cookies do not leave it.
  std::string_view site() const;
};

/// The cookies of `domain` are safe without TLS: it is this machine ("localhost", 127.0.0.1, ::1).
bool is_this_machine(const std::string& domain);

}  // namespace loadrun::net
