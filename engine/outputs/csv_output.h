#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "outputs/make_output.h"

namespace loadrun::outputs {

/// k6's output `csv`: every sample as a row. Fails as read_csv_settings does.
Result<std::unique_ptr<Output>> make_csv_output(std::string_view argument,
                                                const Environment& environment);

}  // namespace loadrun::outputs
