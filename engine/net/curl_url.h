#pragma once

#include <string>

#include "net/curl_handles.h"

namespace loadrun::net {

/// `url` as libcurl will read it; null when it is none. Path and query stay as they are written.
CurlUrl parse_url(const std::string& url);

/// Replaces `url` by what `reference`, relative to it, refers to. Returns false when that is no
/// URL.
bool resolve_url(CURLU* url, const std::string& reference);

/// A part of `url`, with `flags` of curl_url_get; "" when it has none.
std::string url_part(CURLU* url, CURLUPart which, unsigned flags = 0);

}  // namespace loadrun::net
