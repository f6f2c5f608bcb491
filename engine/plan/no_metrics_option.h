#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/object_reader.h"

namespace loadrun::plan {

/// The option `noMetrics`: names of built-in metrics that are not to be measured, sorted. Reports
/// names that are none.
std::optional<std::vector<std::string>> read_no_metrics(ObjectReader& layer);

}  // namespace loadrun::plan
