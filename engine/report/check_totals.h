#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/group_tree.h"

namespace loadrun::report {

/// How often a check passed and failed.
struct CheckTotal {
  std::string name;
  std::uint64_t passes = 0;
  std::uint64_t fails = 0;
};

/// The checks that `series` count, by name over all their tags, in the order in which they were
/// first made.
std::vector<CheckTotal> check_totals(const SeriesList& series);

/// How many of 100 times `check` passed, rounded down. REQUIRES: it was made.
std::uint64_t pass_percent(const CheckTotal& check);

}  // namespace loadrun::report
