#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "net/http_types.h"

namespace loadrun::net {

/// Extends `request`'s Cookie header, before it is sent: by its own cookies and then by those that
/// its jar has for the URL, as k6 does. Costs nothing when there are none.
void add_cookies(HttpRequest& request, const Clock& clock);

/// The value of the header Cookie; "" when there is none.
std::string cookie_header(const HttpRequest& request);

/// Stores in `request`'s jar what `headers`, the response's, set.
void keep_cookies(const HttpRequest& request, const std::vector<Header>& headers,
                  const Clock& clock);

}  // namespace loadrun::net
