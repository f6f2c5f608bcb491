#pragma once

#include <string>
#include <vector>

namespace loadrun::commands {

/// The arguments in the form that the parser knows: with the verb `run` when there is none
/// (`loadrun script.lua`), and
/// "--name=" as a name and an empty value.
std::vector<std::string> command_line(int argc, char** argv);

/// Runs the verb that the arguments name; returns the process's exit code.
int run_cli(int argc, char** argv);

}  // namespace loadrun::commands
