#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/host_patterns.h"
#include "base/host_table.h"
#include "base/ip_address.h"
#include "net/failure.h"

namespace loadrun::net {

/// What a new connection is made to, before names become addresses.
struct HostPort {
  std::string host;  ///< A name, in ASCII and lower case, or an address without brackets.
  std::uint16_t port = 0;
};

/// Whom `url`, of a server or a proxy, names.
HostPort dial_target(const std::string& url);

/// The options that decide where connections may go and where they do. Decided as by k6: a name
/// must not be blocked; `hosts` goes before DNS; what comes out must not be on the black list.
struct DialRules {
  HostTable hosts = {};
  HostPatterns blocked = {};
  std::vector<CidrBlock> blacklist = {};

  /// What is known of `target` without DNS: an endpoint, or why there is none; neither when its
  /// name is to be resolved.
  struct Known {
    std::optional<Endpoint> endpoint;
    Failure failure;
  };
  Known find(const HostPort& target) const;
  /// Why nobody may connect to `address` (code 0: they may).
  Failure check(const IpAddress& address) const;
};

}  // namespace loadrun::net
