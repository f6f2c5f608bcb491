#include <string>

#include "conformance/cases.h"
#include "script/json_path.h"
#include "script/json_pretty.h"
#include "script/json_syntax.h"
#include "support/catch.h"
#include "unit/script/script_world.h"

namespace loadrun::test {
namespace {

using nlohmann::json;
using script::check_json;
using script::compact_json;
using script::JsonSelector;

/// What res:json() raises on a body; "error: " and the error.
std::string error_of_json(const json& input) {
  ScriptWorld world(script_of(
      "return http.get('http://h/', { responseType = type }):json()",
      "local type = " + input.value("/params/responseType"_json_pointer, json("text")).dump()));
  const auto vu = world.vu();
  vu->start("default", script::Stage::kIteration);
  net::HttpResult result = response(200, input.value("body", ""));
  return world.finish(*vu, vu->resume(vu->main_task(), result));
}

std::string expected_error(const json& expected) {
  if (expected.contains("throws_contains")) return expected.at("throws_contains");
  return "line " + expected.at("error_line").dump() + ", character " +
         expected.at("error_character").dump() + " , error: ";
}

}  // namespace

TEST_CASE("paths select what gjson selects") {
  for (const Case& document : cases_of("json_path.jsonl", "json.path")) {
    const std::string text = document.input;
    INFO(text);
    REQUIRE_FALSE(check_json(text));
    for (const auto& [path, expected] : document.expected.items()) {
      INFO(path);
      JsonSelector selector(text.size());
      const std::string raw = expected.is_null() ? "" : expected.get<std::string>();
      CHECK(compact_json(selector.select(text, path)) == compact_json(raw));
    }
  }
}

TEST_CASE("what is no JSON is refused where and with the words that Go has for it") {
  for (const Case& one : cases_of("json_path.jsonl", "json.syntax_error")) {
    INFO(one.text());
    const auto error = check_json(one.input.get<std::string>());
    REQUIRE(error);
    CHECK(error->at == one.expected.at("at").get<std::size_t>());
    CHECK(error->message == one.expected.at("message").get<std::string>());
  }
}

TEST_CASE("res:json says what is wrong with a body") {
  for (const Case& one : cases_of("http.jsonl", "http.response.json")) {
    INFO(one.text());
    contains(error_of_json(one.input), expected_error(one.expected));
  }
}

}  // namespace loadrun::test
