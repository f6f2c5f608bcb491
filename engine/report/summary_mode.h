#pragma once

#include <string_view>

#include "base/result.h"

namespace loadrun::report {

/// What the end-of-test summary shows: the totals; the totals with every metric and with the
/// results of each scenario and group; the layout of k6 before 1.0; nothing.
enum class SummaryMode { kCompact, kFull, kLegacy, kDisabled };

/// The value of `--summary-mode`: "compact", "full", "legacy" or "disabled". Fails (kGeneric, as
/// k6) on anything else.
Result<SummaryMode> parse_summary_mode(std::string_view text);

}  // namespace loadrun::report
