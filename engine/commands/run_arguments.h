#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"

namespace CLI {
class App;
}

namespace loadrun::commands {

/// Which verdicts on the load generator a run is failed for.
struct VerdictPolicy {
  bool allow_invalid = false;     ///< --allow-invalid: not for INVALID.
  bool require_complete = false;  ///< --require-complete: for INCOMPLETE, too.
};

/// What the command line of `loadrun run` says. Options of the test itself stay text: `plan` reads
/// them.
struct RunArguments {
  std::string script;  ///< A path, or "-" for standard input.
  std::vector<std::pair<std::string, std::string>>
      flags;                     ///< Long name without dashes, value; in order.
  std::vector<std::string> env;  ///< "NAME=value" or "NAME".
  bool include_system_env = true;
  std::string config;                  ///< Explicit path, or "".
  std::vector<std::string> scenarios;  ///< Names of those to run; all when empty.
  bool once = false;                   ///< One iteration of each scenario.
  std::string summary_mode = "compact";
  std::string summary_export;
  std::string summary_json;
  bool no_thresholds = false;
  std::vector<std::string> outputs;  ///< As --out names them; "" is none.
  bool out_required = false;         ///< The run fails when an output does.
  VerdictPolicy verdict;             ///< Which verdicts a run is failed for.
  bool quiet = false;
  bool no_color = false;
  std::string http_debug;   ///< As `flags` says it; the parser needs a place.
  std::string calibration;  ///< A path, or "".
  int workers = 0;          ///< 0: as many as usable CPUs.
  std::optional<std::uint64_t> seed;
  bool jit = true;
  LogOptions log;
};

/// Declares the arguments on `app`; parsing fills `arguments`, which outlives `app`.
void declare_run_arguments(CLI::App& app, RunArguments& arguments);

}  // namespace loadrun::commands
