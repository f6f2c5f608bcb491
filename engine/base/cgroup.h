#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace loadrun {

/// Reads a limit from the folder of one cgroup; nothing when that group sets none.
using CgroupReader = std::optional<double> (*)(const std::filesystem::path& group);

/// The tightest limit that the cgroups of this process and their parents set, or none. `controller`
/// is version 1's name ("cpu"); `v2` and `v1` read groups of the two versions. `root` is "/" except
/// in tests.
std::optional<double> tightest_cgroup_limit(const std::filesystem::path& root,
                                            std::string_view controller, CgroupReader v2,
                                            CgroupReader v1);

}  // namespace loadrun
