#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace loadrun {

/// The folders of the cgroups of this process and of their parents, as far as this mount namespace
/// shows them: nothing says that they exist.
struct CgroupFolders {
  std::vector<std::filesystem::path> v2, v1;
};

/// Those that `controller` has a say in, by version 1's name ("cpu"). Reads proc/self/cgroup below
/// `root`, which is "/" except in tests.
CgroupFolders cgroup_folders(const std::filesystem::path& root, std::string_view controller);

/// Reads a limit from the folder of one cgroup; nothing when that group sets none.
using CgroupReader = std::optional<double> (*)(const std::filesystem::path& group);

/// The tightest limit that the cgroup_folders() set, or none; `v2` and `v1` read groups of the two
/// versions.
std::optional<double> tightest_cgroup_limit(const std::filesystem::path& root,
                                            std::string_view controller, CgroupReader v2,
                                            CgroupReader v1);

}  // namespace loadrun
