#include "net/no_proxy.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace loadrun::net {
namespace {

struct HostPort {
  std::string_view host, port;
};

/// "host", "host:port", "[address]", "[address]:port", or an IPv6 address as it is.
HostPort split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = std::min(text.find(']'), text.size());
    const std::string_view rest = text.substr(std::min(end + 1, text.size()));
    return {text.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : ""};
  }
  const std::size_t colon = text.find(':');
  const bool is_port = colon != std::string_view::npos && colon == text.rfind(':');
  return is_port ? HostPort{text.substr(0, colon), text.substr(colon + 1)} : HostPort{text, ""};
}

bool same_port(std::string_view wanted, std::string_view port) {
  return wanted.empty() || wanted == port;
}

bool is_loopback(const IpAddress& address) {
  static const CidrBlock kV4 = CidrBlock::parse("127.0.0.0/8").value();
  static const CidrBlock kV6 = CidrBlock::parse("::1/128").value();
  return kV4.contains(address) || kV6.contains(address);
}

}  // namespace

NoProxy::NoProxy(std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view entry = trimmed(list.substr(0, comma)); !entry.empty()) add(entry);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

void NoProxy::add(std::string_view entry) {
  if (entry == "*") everything_ = true;
  if (const auto block = CidrBlock::parse(entry); block.ok()) {
    return ranges_.push_back({block.value(), ""});
  }
  auto [host, port] = split_port(entry);
  if (host.empty()) return;
  if (const auto address = IpAddress::parse(host)) {
    return ranges_.push_back({{*address, address->bytes().size() * 8}, std::string(port)});
  }
  if (host.starts_with("*.")) host.remove_prefix(1);
  const bool and_itself = !host.starts_with('.');
  domains_.push_back(
      {(and_itself ? "." : "") + in_lower_case(host), and_itself, std::string(port)});
}

bool NoProxy::excludes(std::string_view host, std::string_view port) const {
  const std::string name = in_lower_case(host);
  const auto address = IpAddress::parse(host);
  if (everything_ || name == "localhost" || (address && is_loopback(*address))) return true;
  const auto in_range = [&](const Range& range) {
    return range.block.contains(*address) && same_port(range.port, port);
  };
  if (address && std::ranges::any_of(ranges_, in_range)) return true;
  return std::ranges::any_of(domains_, [&](const Domain& domain) {
    const bool is_it = domain.and_itself && name == std::string_view(domain.suffix).substr(1);
    return (is_it || name.ends_with(domain.suffix)) && same_port(domain.port, port);
  });
}

}  // namespace loadrun::net
