#include "conformance/cases.h"

#include <fstream>
#include <stdexcept>

namespace loadrun::test {

namespace {

std::vector<Case> all_cases(std::string_view file) {
  const std::string path =
      std::string(LOADRUN_SOURCE_DIR) + "/tests/conformance/data/" + std::string(file);
  std::ifstream lines(path);
  if (!lines) throw std::runtime_error("cannot read " + path);
  std::vector<Case> cases;
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line);
    cases.push_back({parsed.at("area"), parsed.at("input"), parsed.at("expected")});
  }
  return cases;
}

}  // namespace

std::vector<Case> cases_of(std::string_view file, std::string_view area) {
  std::vector<Case> found;
  for (Case& one : all_cases(file)) {
    if (one.area == area) found.push_back(std::move(one));
  }
  if (found.empty()) throw std::runtime_error("no cases of area " + std::string(area));
  return found;
}

std::set<std::string> areas_of(std::string_view file) {
  std::set<std::string> areas;
  for (const Case& one : all_cases(file)) areas.insert(one.area);
  return areas;
}

}  // namespace loadrun::test
