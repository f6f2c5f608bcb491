#pragma once

#include <string>

#include "base/exit_code.h"

namespace CLI {
class App;
}

namespace loadrun::commands {

/// What the command line of `loadrun calibrate` says.
struct CalibrateArguments {
  std::string out;              ///< A path, or "": no file.
  std::string duration = "3s";  ///< Of each measurement.
  int workers = 0;              ///< 0: as many as usable CPUs.
};

/// Declares the arguments on `app`; parsing fills `arguments`, which outlives `app`.
void declare_calibrate_arguments(CLI::App& app, CalibrateArguments& arguments);

/// `loadrun calibrate`: measures this machine against a server of its own on 127.0.0.1, prints the
/// figures and writes them to a file. Errors are logged here; the result is the process's exit
/// code.
ExitCode calibrate_command(const CalibrateArguments& arguments);

}  // namespace loadrun::commands
