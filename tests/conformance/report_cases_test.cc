#include <string>
#include <string_view>
#include <vector>

#include "conformance/cases.h"
#include "report/humanize.h"
#include "report/path_id.h"
#include "support/catch.h"

namespace loadrun::report {
namespace {

using test::Case;

std::vector<Case> cases(std::string_view area) { return test::cases_of("metrics.jsonl", area); }

std::string humanized(const nlohmann::json& input) {
  const auto kind = input["kind"].get<std::string>();
  const auto value = input["value"].get<double>();
  const nlohmann::json& unit = input["summaryTimeUnit"];
  const std::string time_unit = unit.is_null() ? "" : unit.get<std::string>();
  if (kind == "rate") return humanize_rate(value);
  for (const auto contains :
       {metrics::ValueKind::kDefault, metrics::ValueKind::kTime, metrics::ValueKind::kData}) {
    if (metrics::to_string(contains) == kind) return humanize(value, contains, time_unit);
  }
  FAIL("unknown kind " << kind);
  return {};
}

TEST_CASE("summary.humanize") {
  for (const Case& one : cases("summary.humanize")) {
    INFO(one.text());
    CHECK(humanized(one.input) == one.expected.get<std::string>());
  }
}

TEST_CASE("summary.group_or_check_id") {
  for (const Case& one : cases("summary.group_or_check_id")) {
    INFO(one.text());
    CHECK(path_id(one.input["path"].get<std::string>()) == one.expected.get<std::string>());
  }
}

}  // namespace
}  // namespace loadrun::report
