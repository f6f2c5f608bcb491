#pragma once

#include <list>
#include <string>
#include <vector>

#include "metrics/totals.h"

namespace loadrun::report {

/// Some of the series of a Totals, which they belong to, in its order.
using SeriesList = std::vector<const metrics::Totals::Series*>;

/// A group of a test and those inside it, in the order in which they first appeared.
struct GroupNode {
  std::string name;
  std::string path;   ///< "" is the root, "::a::b" a nested group.
  SeriesList series;  ///< Of samples taken in this very group: those of nested groups are theirs.
  std::list<GroupNode> groups;
};

/// All series of `totals`.
SeriesList all_series(const metrics::Totals& totals);

/// The root group over `series`, by their tag `group`. Left out, as in k6: the groups of setup()
/// and teardown().
GroupNode group_tree(const SeriesList& series);

}  // namespace loadrun::report
