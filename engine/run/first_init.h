#pragma once

#include "base/result.h"
#include "run/signals.h"
#include "run/worker.h"

namespace loadrun::run {

/// Has `worker` (number 0) run the script's first init, on a thread of its own, so that a signal is
/// heard meanwhile. Fails as Worker::load does, and with kExternalAbort after a signal. Init code
/// that a signal cannot stop (a compiled loop) ends the process there: nothing has run yet.
Result<script::Exports> run_first_init(Worker& worker, EventQueue& events, const Signals& signals);

}  // namespace loadrun::run
