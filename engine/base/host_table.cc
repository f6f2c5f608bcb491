#include "base/host_table.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/text.h"

namespace loadrun {
namespace {

Error bad(std::string message) { return Error{ExitCode::kInvalidConfig, std::move(message)}; }

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, port);
  if (failure == std::errc::result_out_of_range) {
    return bad(fmt::format("port {} is out of range (expected 0 to 65535)", text));
  }
  if (failure != std::errc() || stop != end) {
    return bad(fmt::format("strconv.Atoi: parsing \"{}\": invalid syntax", text));
  }
  return port;
}

// Address and port, which is "" when there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find("]:");
    if (end != std::string_view::npos) return {text.substr(1, end - 1), text.substr(end + 2)};
    return {text, ""};
  }
  const std::size_t colon = text.find(':');
  const bool v6 = colon != text.rfind(':');
  if (colon == std::string_view::npos || v6) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto [host, port_text] = split(text);
  Endpoint endpoint;
  if (!port_text.empty()) {
    const auto port = parse_port(port_text);
    if (!port.ok()) return port.error();
    endpoint.port = port.value();
  }
  const auto address = IpAddress::parse(host);
  if (!address) {
    return bad(
        fmt::format("\"{}\" is no IP address (expected 1.2.3.4, 1.2.3.4:80, aa::bb or "
                    "[aa::bb]:80)",
                    text));
  }
  endpoint.address = *address;
  return endpoint;
}

std::string Endpoint::text() const {
  if (port == 0) return address.text();
  return address.is_v4() ? fmt::format("{}:{}", address.text(), port)
                         : fmt::format("[{}]:{}", address.text(), port);
}

void HostTable::add(const std::string& name, const Endpoint& endpoint) {
  patterns_.add(name);
  endpoints_[in_lower_case(name)] = endpoint;
}

const Endpoint* HostTable::match(std::string_view name) const {
  const std::string* const pattern = patterns_.match(name);
  return pattern == nullptr ? nullptr : &endpoints_.find(*pattern)->second;
}

std::optional<Endpoint> HostTable::find(std::string_view host, std::uint16_t port) const {
  const Endpoint* endpoint = match(fmt::format("{}:{}", host, port));
  if (endpoint == nullptr) endpoint = match(host);
  if (endpoint == nullptr) return std::nullopt;
  return Endpoint{endpoint->address, endpoint->port == 0 ? port : endpoint->port};
}

}  // namespace loadrun
