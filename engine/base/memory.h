#pragma once

#include <cstdint>
#include <filesystem>

namespace loadrun {

/// Bytes of memory that this process may use: what the machine has available, or the tightest
/// memory limit of its cgroups (v1 or v2) if that is lower; the largest number when nothing tells.
/// Reads proc/meminfo, proc/self/cgroup, memory.max (v2) and memory.limit_in_bytes (v1) below
/// `root`, which is "/" except in tests.
std::uint64_t usable_memory(const std::filesystem::path& root = "/");

}  // namespace loadrun
