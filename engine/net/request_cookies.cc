#include "net/request_cookies.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "net/cookie_jar.h"

namespace loadrun::net {
namespace {

constexpr std::string_view kSetCookie = "Set-Cookie";

WallTime wall_of(const Clock& clock) { return std::chrono::floor<WallTime>(clock.wall()); }

auto find_cookie_header(auto& request) {
  return std::find_if(request.headers.begin(), request.headers.end(),
                      [](const Header& h) { return equals_ignoring_case(h.name, "Cookie"); });
}

void append(std::string& header, std::string_view name, std::string_view value) {
  header.append(header.empty() ? "" : "; ").append(cookie_pair(name, value));
}

bool replaces(const std::vector<RequestCookie>& cookies, std::string_view name) {
  return std::any_of(cookies.begin(), cookies.end(), [name](const RequestCookie& cookie) {
    return cookie.replace && cookie.name == name;
  });
}

void append_jar(std::string& header, const HttpRequest& request, const Clock& clock) {
  const std::optional<CookieScope> scope = CookieScope::of(request.url);
  if (!scope) return;
  for (const auto& [name, value] : request.jar->matching(*scope, wall_of(clock))) {
    if (!replaces(request.cookies, name)) append(header, name, value);
  }
}

}  // namespace

void add_cookies(HttpRequest& request, const Clock& clock) {
  const bool from_jar = request.jar != nullptr && !request.jar->empty();
  if (!from_jar && request.cookies.empty()) return;
  const auto own = find_cookie_header(request);
  std::string header = own == request.headers.end() ? "" : own->value;
  for (const RequestCookie& cookie : request.cookies) append(header, cookie.name, cookie.value);
  if (from_jar) append_jar(header, request, clock);
  if (own != request.headers.end()) {
    own->value = std::move(header);
  } else if (!header.empty()) {
    request.headers.push_back({"Cookie", std::move(header)});
  }
}

std::string cookie_header(const HttpRequest& request) {
  const auto own = find_cookie_header(request);
  return own == request.headers.end() ? "" : own->value;
}

void keep_cookies(const HttpRequest& request, const std::vector<Header>& headers,
                  const Clock& clock) {
  if (request.jar == nullptr) return;
  std::optional<CookieScope> scope;
  for (const Header& header : headers) {
    if (header.name != kSetCookie) continue;
    if (!scope) scope = CookieScope::of(request.url);
    if (!scope) return;
    const std::optional<Cookie> cookie = parse_set_cookie(header.value);
    if (cookie) request.jar->set(*scope, *cookie, wall_of(clock));
  }
}

}  // namespace loadrun::net
