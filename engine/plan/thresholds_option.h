#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "metrics/threshold.h"
#include "plan/object_reader.h"

namespace loadrun::plan {

/// The option `thresholds`: by metric, a list of expressions or of {threshold, abortOnFail,
/// delayAbortEval, window, after}, the last two whole seconds; sorted by metric. The expressions
/// themselves are checked where the metrics are known (metrics::ThresholdSet).
/// `option` is its name.
std::optional<std::vector<metrics::MetricThresholds>> read_thresholds(
    ObjectReader& layer, std::string_view option = "thresholds");

}  // namespace loadrun::plan
