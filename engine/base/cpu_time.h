#pragma once

#include <thread>

#include "base/clock.h"

namespace loadrun {

/// CPU time that `thread` has used so far, in user and in kernel mode: its CPU-time clock
/// (pthread_getcpuclockid(3)). REQUIRES: it is joinable.
Nanoseconds cpu_time_of(std::thread& thread);

}  // namespace loadrun
