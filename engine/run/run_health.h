#pragma once

#include "base/clock.h"
#include "metrics/health.h"
#include "run/run_parts.h"
#include "run/stall_watch.h"

namespace loadrun::run {

/// Fills in what this process may have: descriptors, and ports for the plan's local addresses.
void add_limits(metrics::Health& health, const plan::Plan& plan);

/// Fills in what came of the arrivals of all open scenarios, and how long scenarios took, which
/// ended at `end`. A worker that
/// was lost in them was all busy in their last second, in a turn that did not end.
void add_totals(metrics::Health& health, const RunParts& run, const StallWatch& stalls,
                TimePoint end);

}  // namespace loadrun::run
