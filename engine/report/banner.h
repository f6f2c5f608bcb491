#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace loadrun::report {

/// What is about to run. `plan` outlives the call it is passed to.
struct Banner {
  std::string script;
  std::vector<std::string> outputs;  ///< As each describes itself, e.g. "json(stdout)".
  const plan::Plan& plan;
  int workers = 1;
  std::uint64_t seed = 0;
};

/// k6's lines before a run (execution, script, output, scenarios), and one with the number of
/// workers and the seed. Ends with an empty line.
std::string render_banner(const Banner& banner);

}  // namespace loadrun::report
