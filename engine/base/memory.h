#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace loadrun {

/// Bytes of memory that this process may use: what the machine has available, or the tightest
/// memory limit of its cgroups (v1 or v2) if that is lower; the largest number when nothing tells.
/// Reads proc/meminfo, proc/self/cgroup, memory.max (v2) and memory.limit_in_bytes (v1) below
/// `root`, which is "/" except in tests.
std::uint64_t usable_memory(const std::filesystem::path& root = "/");

/// Asks for large pages under the `size` bytes at `block`, which are about to be written for the
/// first time: that takes half the time. Does nothing for blocks that are small.
void prefer_large_pages(const void* block, std::size_t size);

}  // namespace loadrun
