#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/totals.h"

namespace loadrun::report {

/// How often a check passed and failed.
struct CheckTotal {
  std::string name;
  std::uint64_t passes = 0;
  std::uint64_t fails = 0;
};

/// Checks by name, over all groups, in the order in which they were first made.
std::vector<CheckTotal> check_totals(const metrics::Totals& totals);

/// Checks of each group by the group's path ("" is the root, "::a::b" a nested group), in the order
/// in which they were first made. Groups without checks have an empty list; parents of nested
/// groups are always present. Left out, as in k6: the groups of setup() and teardown().
std::map<std::string, std::vector<CheckTotal>> checks_by_group(const metrics::Totals& totals);

}  // namespace loadrun::report
