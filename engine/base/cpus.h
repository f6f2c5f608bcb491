#pragma once

namespace loadrun {

/// CPUs this process may use: the affinity mask, capped by the cgroup's CPU quota (v1 or v2). At least 1.
int usable_cpus();

}  // namespace loadrun
