#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace loadrun {

/// Which version of HTTP requests use.
enum class HttpVersion : std::uint8_t {
  kAuto,  ///< https: what the server chooses (ALPN); http: HTTP/1.1.
  k1,     ///< HTTP/1.1 always.
  k2,     ///< https: as kAuto; http: HTTP/2 without asking ("prior knowledge").
};

/// Of "auto", "1.1" or "2"; anything else fails with what was expected.
Result<HttpVersion> parse_http_version(std::string_view text);

/// "auto", "1.1" or "2".
std::string_view http_version_name(HttpVersion version);

}  // namespace loadrun
