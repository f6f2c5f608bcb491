#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace loadrun::net {

/// What this machine lets one process have.
struct ClientLimits {
  std::uint64_t descriptors = 0;  ///< RLIMIT_NOFILE in force.
  std::uint64_t ports = 0;  ///< Local ports for connections to one address; 0: could not be read.
};

/// Raises the process's limit of open file descriptors to its hard limit. Returns the limit now in
/// force; every connection of a VU needs one descriptor.
std::uint64_t raise_fd_limit();

/// After raise_fd_limit(); ports are those of net.ipv4.ip_local_port_range.
ClientLimits client_limits();

/// What a test needs at most.
struct ClientDemand {
  std::uint64_t vus = 0;  ///< With one connection each.
  std::uint64_t workers = 1;
  std::uint64_t local_addresses = 1;  ///< That the connections come from.
};

/// What is too little: sentences that name the number that is needed and how to get it.
std::vector<std::string> shortages(const ClientLimits& limits, const ClientDemand& demand);

}  // namespace loadrun::net
