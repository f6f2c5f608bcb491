#pragma once

#include <filesystem>
#include <optional>

namespace loadrun {

/// CPUs this process may use: the affinity mask, capped by the cgroup's CPU quota (v1 or v2)
/// rounded up. At least 1.
int usable_cpus();

/// The tightest CPU quota, in CPUs, that the cgroups of this process set, or none. Reads
/// proc/self/cgroup, cpu.max (v2) and cpu.cfs_quota_us, cpu.cfs_period_us (v1) below `root`, which
/// is "/" except in tests.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root);

}  // namespace loadrun
