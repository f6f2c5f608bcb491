#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/object_reader.h"

namespace loadrun::plan {

/// The system tags that are on unless `systemTags` says otherwise, sorted.
std::vector<std::string> default_system_tags();

/// The option `systemTags`, sorted, each once. A name that is no system tag is warned of and left
/// out.
std::optional<std::vector<std::string>> read_system_tags(ObjectReader& layer);

}  // namespace loadrun::plan
