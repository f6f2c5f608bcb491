#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "outputs/make_output.h"

namespace loadrun::outputs {

/// k6's output `json`: every sample as a line of JSON, into the file `argument`, compressed when
/// its name ends in ".gz"; "" and "-" are standard output. Does not fail.
Result<std::unique_ptr<Output>> make_json_output(std::string_view argument,
                                                 const Environment& environment);

}  // namespace loadrun::outputs
