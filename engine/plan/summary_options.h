#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/object_reader.h"

namespace loadrun::plan {

/// The option `summaryTrendStats`: avg, min, med, max, count and p(N) with 0 <= N <= 100, without
/// blanks.
std::optional<std::vector<std::string>> read_summary_trend_stats(ObjectReader& layer);

/// The option `summaryTimeUnit`: "s", "ms", "us", or "" for each value's own.
std::optional<std::string> read_summary_time_unit(ObjectReader& layer);

}  // namespace loadrun::plan
