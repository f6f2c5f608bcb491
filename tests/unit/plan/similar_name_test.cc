#include "plan/similar_name.h"

#include "support/catch.h"

namespace loadrun::plan {
namespace {

TEST_CASE("slips are recognised, other words are not") {
  const std::vector<std::string_view> known{"vus", "duration", "iterations", "stages"};
  CHECK(suggestion("duratoin", known) == " (did you mean \"duration\"?)");
  CHECK(suggestion("Iterations", known) == " (did you mean \"iterations\"?)");
  CHECK(suggestion("VUs", known) == " (did you mean \"vus\"?)");
  CHECK(suggestion("vu", known) == " (did you mean \"vus\"?)");
  CHECK(suggestion("rps", known).empty());
  CHECK(suggestion("out", known).empty());
  CHECK(suggestion("", known).empty());
  CHECK(suggestion("durations_of_all", known).empty());
}

}  // namespace
}  // namespace loadrun::plan
