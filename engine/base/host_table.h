#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/host_patterns.h"
#include "base/ip_address.h"
#include "base/result.h"

namespace loadrun {

/// Where a connection goes.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;  ///< 0: that of the request.

  /// "1.2.3.4", "1.2.3.4:80", "aa::bb" or "[aa::bb]:80". Fails (kInvalidConfig) in Go's words where
  /// it has some.
  static Result<Endpoint> parse(std::string_view text);
  /// As it is written in options: without a port of 0.
  std::string text() const;
  bool operator==(const Endpoint&) const = default;
};

/// k6's option `hosts`: where requests to some names go instead of where DNS says.
class HostTable {
 public:
  /// `name` is a pattern for host names or for "host:port". REQUIRES: HostPatterns::is_valid(name).
  void add(const std::string& name, const Endpoint& endpoint);
  /// What stands for `name`, a host or "host:port", by the most specific pattern. Null: nothing.
  const Endpoint* match(std::string_view name) const;
  /// Where a request to `port` of `host` goes: an entry for the two goes before one for the host.
  std::optional<Endpoint> find(std::string_view host, std::uint16_t port) const;

  bool empty() const { return endpoints_.empty(); }
  /// In the order of the names, in lower case.
  const std::map<std::string, Endpoint, std::less<>>& entries() const { return endpoints_; }

 private:
  HostPatterns patterns_;
  std::map<std::string, Endpoint, std::less<>> endpoints_;
};

}  // namespace loadrun
