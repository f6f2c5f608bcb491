#include "net/cookie_scope.h"

#include <arpa/inet.h>

#include "base/text.h"
#include "net/curl_url.h"

namespace loadrun::net {
namespace {

void canonicalize(std::string& host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.pop_back();
  host = in_lower_case(host);
}

}  // namespace

std::optional<CookieScope> CookieScope::of(const std::string& url) {
  const CurlUrl parsed = parse_url(url);
  if (!parsed) return std::nullopt;
  const std::string scheme = url_part(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  CookieScope scope{.host = url_part(parsed.get(), CURLUPART_HOST),
                    .path = url_part(parsed.get(), CURLUPART_PATH, CURLU_URLDECODE),
                    .https = scheme == "https"};
  canonicalize(scope.host);
  // libcurl decodes no path with control characters.
  if (scope.path.empty()) scope.path = url_part(parsed.get(), CURLUPART_PATH);
  return scope;
}

std::string_view CookieScope::default_path() const {
  const std::size_t last = path.rfind('/');
  return std::string_view(path).substr(0, last == 0 ? 1 : last);
}

bool CookieScope::host_is_address() const {
  in_addr ignored{};
  return host.find(':') != std::string::npos || inet_pton(AF_INET, host.c_str(), &ignored) == 1;
}

std::string_view CookieScope::site() const {
  const std::string_view text(host);
  const std::size_t last = text.rfind('.');
  if (last == std::string_view::npos || last == 0 || host_is_address()) return text;
  return text.substr(text.rfind('.', last - 1) + 1);
}

bool is_this_machine(const std::string& domain) {
  const std::size_t dot = domain.rfind('.');
  if (domain.substr(dot == std::string::npos ? 0 : dot + 1) == "localhost") return true;
  in_addr address{};
  if (inet_pton(AF_INET, domain.c_str(), &address) == 1)
    return (ntohl(address.s_addr) >> 24) == 127;
  return domain == "::1";
}

}  // namespace loadrun::net
