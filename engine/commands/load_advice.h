#pragma once

#include <string>
#include <vector>

#include "commands/calibration.h"
#include "plan/plan.h"

namespace loadrun::commands {

/// What a calibration says of a test before it starts.
struct CalibrationFile {
  std::string path;
  Calibration calibration;
};

/// What the user should know: that the calibration is another machine's, and that `plan` asks for
/// more than the machine can be trusted with. The latter compares plan::peak_arrival_rate(), as far
/// as `rps` allows it, with the trusted rate, in proportion to `workers` when these are fewer than
/// were calibrated. An iteration counts as one request, since nobody knows how many it makes.
std::vector<std::string> load_warnings(const plan::Plan& plan, const CalibrationFile& file,
                                       const outputs::Machine& machine, std::int64_t workers);

}  // namespace loadrun::commands
