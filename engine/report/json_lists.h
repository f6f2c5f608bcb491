#pragma once

#include "metrics/sink.h"
#include "metrics/tags.h"
#include "report/summary_input.h"
#include "report/summary_values.h"

namespace loadrun::report {

/// Tags by key.
Json tags_object(const metrics::Tags& tags);

/// All that is known of a metric: of a trend the percentiles 50, 90, 95, 99, 99.9 and those of
/// summaryTrendStats.
Json all_values(const metrics::Sink& sink, const SummaryInput& input);

/// What request_rows() tells, row by row; durations in milliseconds.
Json request_list(const SummaryInput& input);

/// "iterations" that raised and "requests" that failed: how many, how many of kinds that were not
/// told apart, and of each kind what it is, how many and the first.
Json errors_object(const SummaryInput& input);

}  // namespace loadrun::report
