#pragma once

#include <cstddef>
#include <string>

#include "metrics/totals.h"

namespace loadrun::metrics {

/// From so many series on the user is told.
constexpr std::size_t kManySeries = 10'000;

/// What the user can do about the number of series: names the tag with most values.
std::string growth_warning(const Totals& totals);

}  // namespace loadrun::metrics
