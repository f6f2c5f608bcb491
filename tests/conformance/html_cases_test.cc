// HTML as k6 reads it: the cases are what k6 itself answered (html.jsonl).
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "cases.h"
#include "support/catch.h"
#include "unit/script/script_world.h"

namespace loadrun::test {
namespace {

using nlohmann::json;

std::string read(const std::string& name) {
  std::ifstream file(std::string(LOADRUN_SOURCE_DIR) + "/tests/conformance/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

json pages() {
  json pages;
  for (const Case& page : cases_of("html.jsonl", "html.page")) {
    pages[page.input.get<std::string>()] = page.expected;
  }
  return pages;
}

std::string quoted(const json& value) {
  return fmt::format("json.decode([==========[{}]==========])", value.dump());
}

/// An empty table is a list or an object in Lua, and a field that is nil is none.
json normalized(const json& value) {
  if (value.is_structured() && value.empty()) return json::array();
  if (!value.is_structured()) return value;
  json result = value;
  for (auto item = result.begin(); item != result.end();) {
    if (result.is_object() && item->is_null()) {
      item = result.erase(item);
    } else {
      *item = normalized(*item);
      ++item;
    }
  }
  return result.empty() ? json::array() : result;
}

void check_area(const std::string& area) {
  const std::vector<Case> cases = cases_of("html.jsonl", area);
  json inputs;
  for (const Case& one : cases) inputs.push_back(one.input);
  const json results = json::parse(
      result_of(fmt::format("return run({}, {})", quoted(pages()), quoted(inputs)),
                fmt::format("local run = (function() {} end)()", read("html_cases.lua"))));
  REQUIRE(results.size() == cases.size());
  const std::string skipped = read("SKIPPED.md");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (skipped.find("`" + area + "` | `" + cases[i].input.dump() + "`") != std::string::npos) {
      continue;
    }
    INFO(cases[i].text());
    CHECK(normalized(results[i]) == normalized(cases[i].expected));
  }
}

TEST_CASE("selectors find what k6 finds") { check_area("html.selector"); }

TEST_CASE("methods of selections answer as in k6") { check_area("html.selection"); }

TEST_CASE("methods of elements answer as in k6") { check_area("html.element"); }

}  // namespace
}  // namespace loadrun::test
