#include "net/redirect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "net/curl_url.h"
#include "net/url_check.h"

namespace loadrun::net {
namespace {

std::string host_of(const std::string& url) {
  const CurlUrl parsed = parse_url(url);
  return parsed ? url_part(parsed.get(), CURLUPART_HOST) : "";
}

// `location` against `base`; "" when it is no URL.
std::string resolve(const std::string& base, const std::string& location) {
  const CurlUrl url = parse_url(base);
  if (!url || !resolve_url(url.get(), location)) return {};
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  return url_part(url.get(), CURLUPART_URL);
}

bool same_or_below(std::string_view host, std::string_view parent) {
  if (equals_ignoring_case(host, parent)) return true;
  return host.size() > parent.size() && host[host.size() - parent.size() - 1] == '.' &&
         equals_ignoring_case(host.substr(host.size() - parent.size()), parent);
}

void erase_header(std::vector<Header>& headers, std::string_view name) {
  std::erase_if(headers, [name](const Header& h) { return equals_ignoring_case(h.name, name); });
}

void drop_credentials(std::vector<Header>& headers) {
  static constexpr std::array<std::string_view, 4> kSensitive = {
      "Authorization", "Www-Authenticate", "Cookie", "Cookie2"};
  for (const std::string_view name : kSensitive) erase_header(headers, name);
}

void become_get(HttpRequest& request) {
  if (request.method != "HEAD") request.method = "GET";
  request.body.clear();
  request.streamed_body.reset();
  request.has_body = false;
}

}  // namespace

bool is_redirect(int status, std::string_view location) {
  const bool redirects = (status >= 301 && status <= 303) || status == 307 || status == 308;
  return redirects && !location.empty();
}

Failure follow_redirect(HttpRequest& request, int status, std::string_view location) {
  const std::string target(location);
  std::string next = check_url(fmt::format("http://host/{}", location)).code == 0
                         ? resolve(request.url, target)
                         : "";
  if (next.empty())
    return {kUnknown,
            fmt::format("failed to parse Location header {}: invalid URL", quoted(location))};
  if (!same_or_below(host_of(next), host_of(request.url))) drop_credentials(request.headers);
  // k6: a jar and the request's own cookies decide anew at every hop.
  if (request.jar != nullptr) erase_header(request.headers, "Cookie");
  if (target.find("://") != std::string::npos || target.starts_with("//"))
    erase_header(request.headers, "Host");
  if (status <= 303) become_get(request);
  request.url = std::move(next);
  return {};
}

}  // namespace loadrun::net
