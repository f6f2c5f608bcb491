#pragma once

#include <string>
#include <string_view>

#include "net/failure.h"

namespace loadrun::net {

/// Why `url` cannot be requested (code 0: it can), in the words of Go's URL parser and client,
/// whose rules k6 has (found by asking k6 2.2.0): 1020 for text that is no URL, 1210 for a port
/// beyond 65535, 1000 for schemes other than http and https and for a missing host.
Failure check_url(std::string_view url);

/// Whether a URL that check_url() lets through asks for TLS.
inline bool is_https(std::string_view url) { return url[4] == 's' || url[4] == 'S'; }

/// `text` in quotes, as Go's %q shows it: control characters are readable.
std::string quoted(std::string_view text);

}  // namespace loadrun::net
