#include "base/cgroup.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace loadrun {
namespace {

namespace fs = std::filesystem;

// A parent's limit binds its children.
void add_group(std::vector<fs::path>& folders, fs::path path, std::string_view group) {
  folders.push_back(path);
  for (const fs::path& part : fs::path(group).relative_path()) {
    path /= part;
    folders.push_back(path);
  }
}

bool lists(std::string_view controllers, std::string_view controller) {
  while (!controllers.empty()) {
    const std::size_t comma = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, comma) == controller) return true;
    controllers.remove_prefix(std::min(comma + 1, controllers.size()));
  }
  return false;
}

void tighten(std::optional<double>& limit, const std::vector<fs::path>& folders,
             CgroupReader read) {
  for (const fs::path& folder : folders) {
    const std::optional<double> other = read(folder);
    if (other) limit = std::min(limit.value_or(*other), *other);
  }
}

}  // namespace

CgroupFolders cgroup_folders(const fs::path& root, std::string_view controller) {
  const fs::path mount = root / "sys/fs/cgroup";
  CgroupFolders folders;
  std::ifstream groups(root / "proc/self/cgroup");
  // Each line is hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      add_group(folders.v2, mount, group);
    } else if (lists(controllers, controller)) {
      add_group(folders.v1, mount / controllers, group);
      add_group(folders.v1, mount / controller, group);
    }
  }
  return folders;
}

std::optional<double> tightest_cgroup_limit(const fs::path& root, std::string_view controller,
                                            CgroupReader v2, CgroupReader v1) {
  const CgroupFolders folders = cgroup_folders(root, controller);
  std::optional<double> limit;
  tighten(limit, folders.v2, v2);
  tighten(limit, folders.v1, v1);
  return limit;
}

}  // namespace loadrun
