#pragma once

#include <string>
#include <string_view>

#include "metrics/metric.h"

namespace loadrun::report {

/// A share of 0..1 as a percentage, cut (not rounded) to two decimals: 0.99999 is "99.99%".
std::string humanize_rate(double share);

/// A value of a metric that holds `kind`: milliseconds, bytes, or plain numbers with up to six
/// decimals. `time_unit` "s", "ms" or "us" forces the unit of times (two rounded decimals); ""
/// picks one by size (two truncated decimals; whole seconds from a minute on). Bytes are in SI
/// units: "2.0 kB", "21 kB".
std::string humanize(double value, metrics::ValueKind kind, std::string_view time_unit);

}  // namespace loadrun::report
