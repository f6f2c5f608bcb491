#include "base/cpus.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "base/cgroup.h"

namespace loadrun {
namespace {

namespace fs = std::filesystem;

int cpus_by_affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  // The fixed-size set is too small above 1,024 CPUs.
  return static_cast<int>(std::thread::hardware_concurrency());
}

// "max" and -1 mean that there is no limit.
std::optional<double> quota_of(const std::string& quota, const std::string& period) {
  const double limit = std::strtod(quota.c_str(), nullptr);
  const double length = std::strtod(period.c_str(), nullptr);
  if (limit <= 0 || length <= 0) return std::nullopt;
  return limit / length;
}

std::optional<double> quota_v2(const fs::path& group) {
  std::string quota;
  std::string period;
  std::ifstream(group / "cpu.max") >> quota >> period;
  return quota_of(quota, period);
}

std::optional<double> quota_v1(const fs::path& group) {
  std::string quota;
  std::string period;
  std::ifstream(group / "cpu.cfs_quota_us") >> quota;
  std::ifstream(group / "cpu.cfs_period_us") >> period;
  return quota_of(quota, period);
}

}  // namespace

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  return tightest_cgroup_limit(root, "cpu", quota_v2, quota_v1);
}

int usable_cpus() {
  int cpus = cpus_by_affinity();
  if (const auto quota = cgroup_cpu_quota("/")) {
    // Compared before the conversion: a quota may be larger than an int.
    const double rounded = std::ceil(*quota);
    if (rounded < static_cast<double>(cpus)) cpus = static_cast<int>(rounded);
  }
  return std::max(cpus, 1);
}

}  // namespace loadrun
