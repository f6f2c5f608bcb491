#pragma once

#include <string>

#include "base/result.h"

namespace loadrun::commands {

/// The text of the scenario file `script`; "-" is standard input, which is read to its end. Fails
/// (kGeneric) on a file that cannot be read and when standard input is empty.
Result<std::string> read_script(const std::string& script);

}  // namespace loadrun::commands
