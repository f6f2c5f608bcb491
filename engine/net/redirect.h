#pragma once

#include <string_view>

#include "net/failure.h"
#include "net/http_types.h"

namespace loadrun::net {

/// True for 301, 302, 303, 307 and 308 that say where to go; Go returns one without a Location as
/// it is.
bool is_redirect(int status, std::string_view location);

/// Turns `request` into the one that follows a `status` response with `location`, by the rules of
/// Go's http.Client: 301, 302 and 303 become GET without body (HEAD stays HEAD), 307 and 308 keep
/// both; credentials stay on hosts that are the same or below; with a jar, the Cookie header goes;
/// a Host header stays on relative redirects. Fails when `location` is no URL.
Failure follow_redirect(HttpRequest& request, int status, std::string_view location);

}  // namespace loadrun::net
