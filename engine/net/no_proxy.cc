#include "net/no_proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace loadrun::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

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

template <typename Address>
bool same_bits(const Address& a, const Address& b, unsigned bits) {
  const unsigned bytes = bits / 8;
  if (!std::equal(a.begin(), a.begin() + bytes, b.begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned shift = 8 - bits % 8;
  return a[bytes] >> shift == b[bytes] >> shift;
}

template <typename Address>
bool is_loopback(const Address& address) {
  if (same_bits(address, Address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}, 104)) return true;
  return address == Address{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

}  // namespace

NoProxy::NoProxy(std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const std::string_view entry = trimmed(list.substr(0, comma)); !entry.empty()) add(entry);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

std::optional<NoProxy::Address> NoProxy::parse_address(std::string_view text) {
  const std::string name(text);
  Address address{};
  if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, name.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

std::optional<NoProxy::Range> NoProxy::parse_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (!address || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const unsigned offset = text.find(':') == std::string_view::npos ? kMappedBits : 0;
  if (bits + offset > 128) return std::nullopt;
  return Range{*address, bits + offset, ""};
}

void NoProxy::add(std::string_view entry) {
  if (entry == "*") everything_ = true;
  if (const auto range = parse_range(entry)) return ranges_.push_back(*range);
  auto [host, port] = split_port(entry);
  if (host.empty()) return;
  if (const auto address = parse_address(host)) {
    return ranges_.push_back({*address, 128, std::string(port)});
  }
  if (host.starts_with("*.")) host.remove_prefix(1);
  const bool and_itself = !host.starts_with('.');
  domains_.push_back({(and_itself ? "." : "") + lower(host), and_itself, std::string(port)});
}

bool NoProxy::excludes(std::string_view host, std::string_view port) const {
  const std::string name = lower(host);
  const auto address = parse_address(host);
  if (everything_ || name == "localhost" || (address && is_loopback(*address))) return true;
  const auto in_range = [&](const Range& range) {
    return same_bits(*address, range.address, range.bits) && same_port(range.port, port);
  };
  if (address && std::any_of(ranges_.begin(), ranges_.end(), in_range)) return true;
  return std::any_of(domains_.begin(), domains_.end(), [&](const Domain& domain) {
    const bool is_it = domain.and_itself && name == std::string_view(domain.suffix).substr(1);
    return (is_it || name.ends_with(domain.suffix)) && same_port(domain.port, port);
  });
}

}  // namespace loadrun::net
