#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/failure.h"

namespace loadrun::net {

/// What an HTTP/2 fault ends: one stream, the connection because of a peer's mistake, or the
/// connection because the server leaves (GOAWAY).
enum class Http2Fault { kStream, kConnection, kGoAway };

/// k6's code and text. `code` is the error code of RFC 9113, section 7; none when libcurl does not
/// tell it.
Failure http2_failure(Http2Fault fault, std::optional<std::uint32_t> code);

/// The number that follows `sign` in `text`, a message of libcurl's.
std::optional<std::uint32_t> number_after(std::string_view text, std::string_view sign);

}  // namespace loadrun::net
