#pragma once

#include <optional>

#include "plan/executor.h"
#include "plan/object_reader.h"

namespace loadrun::plan {

/// Most VUs that one scenario may have, as in k6.
inline constexpr std::int64_t kMaxVus = 100'000'000;

/// Highest rate of arrivals per time unit: with it, sums over 290 years fit into 128 bits.
inline constexpr std::int64_t kMaxRate = 1'000'000'000'000'000;

/// Reads the field `executor` and the fields of that executor, with k6's defaults and limits.
/// Everything wrong is reported to the reader's diagnostics; the result is of use only when they
/// are ok. None when there is no such executor.
std::optional<Executor> parse_executor(ObjectReader& fields);

}  // namespace loadrun::plan
