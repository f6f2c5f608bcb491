#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace loadrun::test {

/// One fact about k6: `input` of the rule named by `area`, and what k6 makes of it.
struct Case {
  std::string area;
  nlohmann::json input;
  nlohmann::json expected;

  /// Where a failure came from, for INFO().
  std::string text() const { return area + " " + input.dump() + " -> " + expected.dump(); }
};

/// The cases of one area, in the order of `file` (a name in tests/conformance/data). Throws when
/// the file is not there or is no JSON, and when it has no such area: a test would pass on nothing.
std::vector<Case> cases_of(std::string_view file, std::string_view area);

/// All areas that occur in `file`.
std::set<std::string> areas_of(std::string_view file);

}  // namespace loadrun::test
