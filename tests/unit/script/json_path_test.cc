// Beyond what tests/conformance/json_cases_test.cc compares with gjson.
#include "script/json_path.h"

#include <string>

#include "script/json_query.h"
#include "script/json_syntax.h"
#include "support/catch.h"

using namespace loadrun::script;

namespace {

std::string selected(const std::string& text, const std::string& path) {
  JsonSelector selector(text.size());
  return std::string(selector.select(text, path));
}

std::string repeated(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("a million nested arrays are read without the stack") {
  constexpr std::size_t kDepth = 1'000'000;
  const std::string text = nested(kDepth);
  CHECK_FALSE(check_json(text));
  CHECK(check_json(text + "]")->at == 2 * kDepth);
  CHECK(check_json(text.substr(0, kDepth))->message == "unexpected end of JSON input");
  CHECK(selected(text, "#") == "1");
  CHECK(selected(text, "0.0.0") == nested(kDepth - 3));
  CHECK(selected(text, "@flatten:{\"deep\":true}") == "[]");
  CHECK(selected(text, "@reverse.@ugly") == text);
  CHECK(selected(text, "@valid.@values.#") == "1");
  CHECK(selected(text, "@tostr").size() == 2 * kDepth + 2);
}

TEST_CASE("deep values can be dug and laid out") {
  const std::string text = nested(1500);
  CHECK(selected(text, "@dig:#|#") == "1001");
  CHECK(selected(text, "@pretty.@ugly") == text);
}

TEST_CASE("paths of a thousand steps work, longer ones select nothing") {
  const std::string text = nested(3000);
  CHECK(selected(text, "0" + repeated(900, ".0")) == nested(3000 - 901));
  CHECK(selected(text, "0" + repeated(2000, ".0")).empty());
  CHECK(selected(text, "@this" + repeated(900, "|@this")) == text);
  for (const char* step : {"@this|", "[", "{a:", "#(", "#.", "*.", "!5|"}) {
    INFO(step);
    const std::string path = repeated(100'000, step) + "0";
    CHECK(selected(text, path).size() < path.size());
  }
}

TEST_CASE("text that is no JSON is read within its bounds") {
  for (const char* path :
       {"a", "a.b", "0", "#", "#.a", "#(a)#", "*", "@keys", "@flatten", "@dig:a"}) {
    for (const std::string text :
         {"{", "[", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[[}", "{]", "[\"\\", "{\"\\u", "[}]", "}",
          "\"\\", "[,", "{:", "{\"a\":}", "[]]"}) {
      INFO(path << " in " << text);
      CHECK(selected(text, path).size() <= text.size() + 4);
    }
  }
}

TEST_CASE("a selected value is a piece of the text") {
  const std::string text = R"({"a":{"b":[1,{"c":"x"}]}})";
  JsonSelector selector(text.size());
  const std::string_view found = selector.select(text, "a.b.1");
  CHECK(found == R"({"c":"x"})");
  CHECK(found.data() == text.data() + text.find("{\"c\""));
}

TEST_CASE("patterns") {
  const std::string many_a(3000, 'a');
  CHECK(matches_pattern("", ""));
  CHECK(matches_pattern("", "***"));
  CHECK(matches_pattern("abc", "a*c"));
  CHECK(matches_pattern("a*c", "a\\*c"));
  CHECK(matches_pattern("\xC3\xA9x", "?x"));
  CHECK(matches_pattern("aXbXc", "*X?"));
  CHECK_FALSE(matches_pattern("abc", "a\\*c"));
  CHECK_FALSE(matches_pattern("abc", "ab"));
  CHECK_FALSE(matches_pattern("ab", "ab?"));
  CHECK_FALSE(matches_pattern(many_a, "*a*a*a*a*a*a*a*a*a*b"));  // and not in exponential time
}

TEST_CASE("a path that doubles its text again and again ends without the memory for it") {
  std::string path = "[@this,@this]";
  for (int i = 0; i < 60; ++i) path += "|[@this,@this]";
  JsonSelector selector(7);
  CHECK(selector.select(R"({"a":1})", path).empty());
  CHECK(selector.exhausted());
  CHECK(selector.select(R"({"a":1})", "a").empty());
}

TEST_CASE("so does one that makes many copies at once") {
  const std::string body = "\"" + repeated(1'000'000, "0123456789") + "\"";
  JsonSelector selector(body.size());
  CHECK(selector.select(body, "[" + repeated(99, "@this,") + "@this]").empty());
  CHECK(selector.exhausted());
}

TEST_CASE("so does a @dig whose results overlap") {
  JsonSelector selector(nested(1000).size());
  CHECK(selector.select(nested(1000), "@dig:@this").size() > 900'000);
  CHECK_FALSE(selector.exhausted());
  const std::string leaves = "[" + repeated(500'000, "1,") + "1]";
  CHECK(selector.select(std::string(990, '[') + leaves + std::string(990, ']'), "@dig:@this")
            .empty());
  CHECK(selector.exhausted());
}

TEST_CASE("so does a @dig in a @dig in a @dig") {
  std::string path = "@dig:a";
  for (int i = 0; i < 10; ++i) path.insert(0, "@dig:");
  JsonSelector selector(nested(500).size());
  CHECK(selector.select(nested(500), path).empty());
  CHECK(selector.exhausted());
}

TEST_CASE("large texts are within the limit") {
  const std::string body = "[" + repeated(1'000'000, R"({"a":"0123456789","b":[1,2]},)") + "0]";
  JsonSelector selector(body.size());
  CHECK(selector.select(body, "#.{a,b}|[#,0,@reverse|1,@this]").size() > body.size() * 8 / 10);
  CHECK_FALSE(selector.exhausted());
}
