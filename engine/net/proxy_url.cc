#include "net/proxy_url.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/curl_url.h"
#include "net/request_check.h"

namespace loadrun::net {
namespace {

struct Scheme {
  std::string_view name;
  std::string_view for_libcurl;
  std::string_view port;
};

constexpr std::array kSchemes{Scheme{"http", "http", "80"}, Scheme{"https", "https", "443"},
                              Scheme{"socks5", "socks5h", "1080"},
                              Scheme{"socks5h", "socks5h", "1080"}};

Error wrong(std::string_view why) {
  return Error{ExitCode::kGeneric, std::string("the URL of a proxy ") + std::string(why)};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Result<std::string> parse_proxy_url(std::string_view text) {
  if (!is_printable(text)) return wrong("must not have blanks or control characters");
  const bool has_scheme = text.find("://") != std::string_view::npos;
  const std::string full = (has_scheme ? "" : "http://") + std::string(text);
  const CurlUrl url = parse_url(full);
  if (!url) return wrong("must have the form http://host:port");
  const std::string name = url_part(url.get(), CURLUPART_SCHEME);
  const auto* const scheme =
      std::find_if(kSchemes.begin(), kSchemes.end(),
                   [&](const Scheme& known) { return equals_ignoring_case(known.name, name); });
  if (scheme == kSchemes.end()) return wrong("must begin with http://, https:// or socks5://");
  const std::string host = url_part(url.get(), CURLUPART_HOST);
  if (host.empty()) return wrong("must name a host");
  const std::string_view userinfo = userinfo_of(full);
  const std::string port = url_part(url.get(), CURLUPART_PORT);
  std::string result(scheme->for_libcurl);
  result += "://";
  if (userinfo.data() != nullptr) result.append(userinfo) += '@';
  result.append(host) += ':';
  return result += port.empty() ? scheme->port : port;
}

std::string_view proxy_address(std::string_view proxy_url) {
  const std::size_t at = proxy_url.rfind('@');
  return proxy_url.substr(at == std::string_view::npos ? proxy_url.find("://") + 3 : at + 1);
}

bool is_socks_proxy(std::string_view proxy_url) { return proxy_url.starts_with("socks"); }

std::string without_proxy_credentials(std::string_view head) {
  constexpr std::string_view kName = "\nproxy-authorization:";
  const auto same = [](char a, char b) { return equals_ignoring_case({&a, 1}, {&b, 1}); };
  const auto* const line = std::search(head.begin(), head.end(), kName.begin(), kName.end(), same);
  if (line == head.end()) return std::string(head);
  const auto* const value = line + kName.size();
  const auto* const line_end = std::find(value, head.end(), '\r');
  return std::string(head.begin(), value) + " ***" + std::string(line_end, head.end());
}

}  // namespace loadrun::net
