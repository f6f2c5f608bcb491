#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace loadrun::net {

/// Reads the URL of a proxy, "[http|https|socks5]://[user:password@]host[:port]" or "host:port",
/// which means http. The result has what libcurl would choose differently from Go: the port (80,
/// 443, 1080), and a SOCKS proxy that looks names up itself. The error's message says nothing of
/// the text, which may have a password.
Result<std::string> parse_proxy_url(std::string_view text);

/// The part of a parsed proxy URL behind its credentials: "host:port".
std::string_view proxy_address(std::string_view proxy_url);

/// The proxy passes on bytes, and never sees an HTTP request.
bool is_socks_proxy(std::string_view proxy_url);

/// A request's head for people to read: without the credentials that are for the proxy.
std::string without_proxy_credentials(std::string_view head);

}  // namespace loadrun::net
