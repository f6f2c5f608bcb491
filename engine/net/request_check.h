#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/failure.h"
#include "net/http_types.h"

namespace loadrun::net {

/// Why `method` cannot be sent: RFC 9110 allows tokens only, which also keeps CR, LF and NUL off
/// the wire.
Failure check_method(std::string_view method);
/// Why one of `headers` cannot be sent: a name that is no token, CR, LF or NUL in a value.
Failure check_headers(const std::vector<Header>& headers);

/// The "user:password" of `url`, before its "@"; a view of nothing (data() is null) when it has
/// none.
std::string_view userinfo_of(std::string_view url);

/// `url` with blanks and bytes outside ASCII percent-encoded, as Go writes a request line.
std::string encode_url(std::string url);

/// `text` is what RFC 9110 calls a token: names of headers, methods and cookies.
bool is_token(std::string_view text);

}  // namespace loadrun::net
