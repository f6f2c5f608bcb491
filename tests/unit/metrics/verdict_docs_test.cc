#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "metrics/verdict_rules.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

/// The rows of the table of rules in docs/verdict.md.
std::vector<std::string> documented() {
  std::ifstream file(LOADRUN_SOURCE_DIR "/docs/verdict.md");
  REQUIRE(file.is_open());
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

std::string row_of(const VerdictRule& rule) {
  return fmt::format("| `{}` | {} | {} | {} | {} |", rule.name, name_of(rule.validity),
                     threshold_text(rule), rule.meaning, rule.advice);
}

}  // namespace

TEST_CASE("docs/verdict.md has the table of rules") {
  std::vector<std::string> rules;
  for (const VerdictRule& rule : verdict_rules()) rules.push_back(row_of(rule));
  CHECK(documented() == rules);
}

}  // namespace loadrun::metrics
