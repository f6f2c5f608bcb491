#include "plan/stripes.h"

#include <algorithm>

#include "base/check.h"

namespace loadrun::plan {

std::int64_t Stripes::share(std::int64_t n) const {
  const auto past = std::lower_bound(positions.begin(), positions.end(), n % period);
  const auto count = static_cast<std::int64_t>(positions.size());
  return n / period * count + (past - positions.begin());
}

std::int64_t Stripes::global_index(std::int64_t i) const {
  LOADRUN_CHECK(!positions.empty());
  const auto count = static_cast<std::int64_t>(positions.size());
  return i / count * period + positions[static_cast<std::size_t>(i % count)];
}

}  // namespace loadrun::plan
