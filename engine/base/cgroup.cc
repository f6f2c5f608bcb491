#include "base/cgroup.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace loadrun {
namespace {

namespace fs = std::filesystem;

std::optional<double> tighter(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// A parent's limit binds its children. Groups that this mount namespace does not show are passed
// over.
std::optional<double> tightest(const fs::path& mount, std::string_view group, CgroupReader read) {
  std::optional<double> limit = read(mount);
  fs::path path = mount;
  for (const fs::path& part : fs::path(group).relative_path()) {
    path /= part;
    limit = tighter(limit, read(path));
  }
  return limit;
}

bool lists(std::string_view controllers, std::string_view controller) {
  while (!controllers.empty()) {
    const std::size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == controller) return true;
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

}  // namespace

std::optional<double> tightest_cgroup_limit(const fs::path& root, std::string_view controller,
                                            CgroupReader v2, CgroupReader v1) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::optional<double> limit;
  std::ifstream groups(root / "proc/self/cgroup");
  // Each line is hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      limit = tighter(limit, tightest(mount, group, v2));
    } else if (lists(controllers, controller)) {
      limit = tighter(limit, tightest(mount / controllers, group, v1));
      limit = tighter(limit, tightest(mount / controller, group, v1));
    }
  }
  return limit;
}

}  // namespace loadrun
