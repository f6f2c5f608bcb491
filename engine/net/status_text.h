#pragma once

#include <string_view>

namespace loadrun::net {

/// The registered reason phrase of an HTTP status (IANA, HTTP Status Code Registry); "" for others.
std::string_view reason_phrase(int status);

}  // namespace loadrun::net
