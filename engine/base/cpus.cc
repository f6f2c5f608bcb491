#include "base/cpus.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

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

std::optional<double> tighter(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// A parent's quota binds its children. Groups that this mount namespace does not show are passed
// over.
template <typename Read>
std::optional<double> tightest(const fs::path& mount, std::string_view group, Read read) {
  std::optional<double> quota = read(mount);
  fs::path path = mount;
  for (const fs::path& part : fs::path(group).relative_path()) {
    path /= part;
    quota = tighter(quota, read(path));
  }
  return quota;
}

bool lists_cpu_controller(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == "cpu") return true;
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

}  // namespace

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::optional<double> quota;
  std::ifstream groups(root / "proc/self/cgroup");
  // Each line is hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      quota = tighter(quota, tightest(mount, group, quota_v2));
    } else if (lists_cpu_controller(controllers)) {
      quota = tighter(quota, tightest(mount / controllers, group, quota_v1));
      quota = tighter(quota, tightest(mount / "cpu", group, quota_v1));
    }
  }
  return quota;
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
