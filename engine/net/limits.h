#pragma once

#include <cstdint>

namespace loadrun::net {

/// Raises the process's limit of open file descriptors to its hard limit. Returns the limit now in
/// force; every connection of a VU needs one descriptor.
std::uint64_t raise_fd_limit();

}  // namespace loadrun::net
