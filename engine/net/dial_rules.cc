#include "net/dial_rules.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "net/curl_url.h"

namespace loadrun::net {
namespace {

std::string plain(const std::string& host) {
  const bool literal = host.starts_with('[') && host.ends_with(']');
  return in_lower_case(literal ? host.substr(1, host.size() - 2) : host);
}

}  // namespace

HostPort dial_target(const std::string& url) {
  const CurlUrl parsed = parse_url(url);
  if (!parsed) return {};
  HostPort target{plain(url_part(parsed.get(), CURLUPART_HOST, CURLU_PUNYCODE))};
  const std::string port = url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), target.port);
  return target;
}

DialRules::Known DialRules::find(const HostPort& target) const {
  const auto literal = IpAddress::parse(target.host);
  const std::string* const pattern = literal ? nullptr : blocked.match(target.host);
  if (pattern != nullptr) {
    return {{},
            {kBlockedHostname, "hostname is blocked",
             fmt::format("hostname ({}) is in a blocked pattern ({})", target.host, *pattern)}};
  }
  if (const auto given = hosts.find(target.host, target.port)) return {given, {}};
  if (literal) return {Endpoint{*literal, target.port}, {}};
  return {};
}

Failure DialRules::check(const IpAddress& address) const {
  for (const CidrBlock& block : blacklist) {
    if (!block.contains(address)) continue;
    return {kBlacklistedIp, "ip is blacklisted",
            fmt::format("IP ({}) is in a blacklisted range ({})", address.text(), block.text())};
  }
  return {};
}

}  // namespace loadrun::net
