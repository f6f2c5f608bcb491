#pragma once

namespace loadrun::commands {

/// Runs the verb that the arguments name; returns the process's exit code.
int run_cli(int argc, char** argv);

}  // namespace loadrun::commands
