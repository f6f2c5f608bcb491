#pragma once

#include <memory>

#include "base/result.h"
#include "commands/run_arguments.h"
#include "outputs/output_set.h"

namespace loadrun::commands {

/// The outputs that --out, or else LOADRUN_OUT, asks for. Fails on one that cannot be made. `clock`
/// outlives them.
Result<std::unique_ptr<outputs::OutputSet>> make_outputs(const RunArguments& arguments,
                                                         const Clock& clock);

}  // namespace loadrun::commands
