#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "outputs/output.h"

namespace loadrun::outputs {

/// The value of an environment variable, nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// Makes the output that `--out` names: "NAME" or "NAME=ARGUMENT". Fails (kGeneric, as k6) on an
/// unknown name, listing those there are, on one of k6's that loadrun has not, and on an argument
/// or a variable that the output cannot read.
Result<std::unique_ptr<Output>> make_output(std::string_view spec, const Environment& environment);

/// What LOADRUN_OUT lists, separated by commas.
std::vector<std::string> split_specs(std::string_view list);

}  // namespace loadrun::outputs
