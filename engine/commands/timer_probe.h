#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "metrics/histogram.h"

namespace loadrun::commands {

/// Sleeps 1 ms again and again for `length` on an event loop that has nothing else to do, and says
/// how late it woke, in milliseconds: what a worker's timers are late by on a machine as busy as
/// this. Fails as EventLoop::create does.
Result<metrics::Histogram> timer_lateness(const Clock& clock, Nanoseconds length);

}  // namespace loadrun::commands
