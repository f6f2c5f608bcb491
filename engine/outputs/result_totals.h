#pragma once

#include "outputs/output.h"
#include "outputs/result_series.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// Writes what a run amounted to into a result file: how it ended, the distribution of each trend's
/// series, the summary, thresholds and checks.
void write_totals(Database& database, ResultSeries& series, const report::SummaryInput& results);

}  // namespace loadrun::outputs
