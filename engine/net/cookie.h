#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/cookie_date.h"

namespace loadrun::net {

/// A cookie as a Set-Cookie header or a script's `jar:set` gives it.
struct Cookie {
  std::string name = {};
  std::string value = {};
  std::string domain = {};  ///< "" makes it a cookie of that host alone.
  std::string path = {};    ///< "" is the folder of the URL it comes from.
  std::optional<WallTime> expires = std::nullopt;
  std::int64_t max_age = 0;  ///< Seconds; 0 says nothing, less deletes it.
  bool secure = false;
  bool http_only = false;
};

/// A cookie for one request besides its jar's: k6's `params.cookies`.
struct RequestCookie {
  std::string name;
  std::string value;
  bool replace = false;  ///< Sent instead of the jar's of that name, not besides it.
};

/// Reads the value of one Set-Cookie header as Go's net/http does: unknown and malformed attributes
/// are skipped, the last one of a name counts, quotes around the value go. None when the name is no
/// token, or bytes are in the value that no cookie may have.
std::optional<Cookie> parse_set_cookie(std::string_view line);

/// Reads a Cookie header as Go's net/http does: name and value of each cookie. Those that are none
/// are skipped.
std::vector<std::pair<std::string, std::string>> parse_cookie_header(std::string_view header);

/// The first byte of `value` that no cookie may have (Go allows blanks and commas): it is not sent.
std::optional<char> invalid_byte(std::string_view value);

/// "name=value" as Go writes it into a Cookie header: invalid bytes of the value are left out, one
/// with blanks or commas is quoted, line ends in the name become dashes.
std::string cookie_pair(std::string_view name, std::string_view value);

}  // namespace loadrun::net
