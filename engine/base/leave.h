#pragma once

#include "base/exit_code.h"

namespace loadrun {

/// Writes out what standard streams hold and ends the process without destroying anything: for when
/// a thread that cannot be stopped still uses what would be destroyed.
[[noreturn]] void leave_process(ExitCode code);

}  // namespace loadrun
