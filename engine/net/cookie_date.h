#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace loadrun::net {

/// Milliseconds since 1970. Cookies may live for millennia, which nanoseconds cannot count.
using WallTime = std::chrono::milliseconds;

/// The instant of a cookie's Expires: an RFC 1123 date ("Sun, 06 Nov 1994 08:49:37 GMT"), also with
/// dashes ("06-Nov-1994"), with the tolerances of Go's time.Parse: the weekday need not fit, any
/// zone counts as GMT. None when it is no such date.
std::optional<WallTime> parse_cookie_date(std::string_view text);

}  // namespace loadrun::net
