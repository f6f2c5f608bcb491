#include "base/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "base/cgroup.h"

namespace loadrun {
namespace {

namespace fs = std::filesystem;

// "max" is no number, and version 1 says "no limit" with one that no machine reaches.
std::optional<double> limit_in(const fs::path& file) {
  double limit = 0;
  std::ifstream(file) >> limit;
  return limit > 0 ? std::optional(limit) : std::nullopt;
}

std::optional<double> limit_v2(const fs::path& group) { return limit_in(group / "memory.max"); }

std::optional<double> limit_v1(const fs::path& group) {
  return limit_in(group / "memory.limit_in_bytes");
}

std::uint64_t available_memory(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("MemAvailable:"))
      return std::strtoull(line.c_str() + 13, nullptr, 10) * 1024;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

std::uint64_t usable_memory(const fs::path& root) {
  const std::uint64_t available = available_memory(root);
  const auto limit = tightest_cgroup_limit(root, "memory", limit_v2, limit_v1);
  // Compared before the conversion: a limit may be larger than an integer.
  if (!limit || *limit >= static_cast<double>(available)) return available;
  return static_cast<std::uint64_t>(*limit);
}

void prefer_large_pages(const void* block, std::size_t size) {
  constexpr std::size_t kLargePage = 2 << 20;
  if (size < 2 * kLargePage) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(block) + kLargePage - 1) & ~(kLargePage - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(block) + size) & ~(kLargePage - 1);
  // A kernel without them is no failure.
  static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
}

}  // namespace loadrun
