// res:json() and res:json(path).
#include <fmt/format.h>

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

/// What an iteration returns as JSON that runs `code` on a response `res` with this body.
std::string with_body(const std::string& body, const std::string& code, int status = 200) {
  ScriptWorld world(script_of("local res = http.get('http://h/')\n" + code));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", script::Stage::kIteration) == script::Outcome::kSuspended);
  net::HttpResult result = response(status, body);
  return world.finish(*vu, vu->resume(vu->main_task(), result));
}

std::string value_of(const std::string& body, const std::string& expression) {
  return with_body(body, "return " + expression);
}

const std::string kReplacement = "\xEF\xBF\xBD";

}  // namespace

TEST_CASE("res:json gives the whole body or what a path selects") {
  const std::string body =
      R"({"a": {"b": [10, {"c": "deep"}]}, "null": null, "empty": [], "no": false})";
  CHECK(value_of(body, "res:json()") ==
        R"({"a":{"b":[10,{"c":"deep"}]},"empty":[],"no":false,"null":null})");
  CHECK(value_of(body, "res:json(nil)") == value_of(body, "res:json()"));
  CHECK(value_of(body, "res:json('a.b.0')") == "10");
  CHECK(value_of(body, "res:json('a.b.1.c')") == "\"deep\"");
  CHECK(value_of(body, "res:json('a.b')") == R"([10,{"c":"deep"}])");
  CHECK(value_of(body, "res:json('a.b.#')") == "2");
  CHECK(value_of(body, "res:json('empty')") == "[]");
  CHECK(value_of(body, "res:json('no')") == "false");
  CHECK(value_of(body, "res:json('null') == json.null") == "true");
  CHECK(value_of(body, "res:json('[a.b.0,no]')") == "[10,false]");
  for (const char* missing : {"x", "a.x", "a.b.2", "a.b.x", "a.b.-1", "a.b.0.x", "", "@nope"}) {
    INFO(missing);
    CHECK(value_of(body, fmt::format("res:json('{}') == nil", missing)) == "true");
  }
}

TEST_CASE("whole numbers that doubles cannot hold are strings in selected values too") {
  const std::string body =
      R"({"id": 12345678901234567, "all": [1, 9007199254740993], "huge": 123456789012345678901234567890})";
  CHECK(value_of(body, "res:json('id')") == "\"12345678901234567\"");
  CHECK(value_of(body, "res:json('huge')") == "\"123456789012345678901234567890\"");
  CHECK(value_of(body, "res:json('all')") == R"([1,"9007199254740993"])");
  CHECK(value_of(body, "res:json('all.1', { bigint = 'number' })") == "9007199254740992");
  CHECK(value_of(body, "res:json(nil, { bigint = 'number' }).all") == "[1,9007199254740992]");
  CHECK(value_of(body, "res:json('all.#') + 1") == "3");
}

TEST_CASE("numbers out of a double's range are infinite when a path selects them") {
  CHECK(value_of("[1e999,-1e999]", "{ res:json('0') == math.huge, res:json('1') == -math.huge }") ==
        "[true,true]");
  contains(value_of("[1e999]", "res:json()"), "error: ");
  CHECK(value_of("{}", "res:json('!nan') ~= res:json('!nan')") == "true");
}

TEST_CASE("res:json() is read once, and what a script changes stays changed") {
  CHECK(with_body(R"({"a":1})",
                  "local one = res:json()\n"
                  "one.b = 2\n"
                  "return { one == res:json(), res:json().b, res:json('b') == nil,\n"
                  "  res:json(nil, { bigint = 'number' }).b == nil }") == "[true,2,true,true]");
  CHECK(with_body("false", "return { res:json(), res:json() }") == "[false,false]");
  CHECK(with_body("null", "return { res:json(), res:json() }") == "[null,null]");
}

TEST_CASE("res:json() raises on a body that is no JSON, a path selects nothing there") {
  contains(
      with_body("<html>", "local value = res:json()\nreturn value"),
      "test.lua:4: res:json: cannot parse json due to an error at line 1, character 1 , error: "
      "invalid character '<' looking for beginning of value");
  contains(value_of("", "res:json()"),
           "cannot parse json due to an error at line 1, character 0 , error: unexpected end of "
           "JSON input");
  contains(value_of("{\"\xC3\xA9\":1,\n \"\xC3\xA9\xE2\x82\xAC\" x}", "res:json()"),
           "at line 2, character 7 , error: invalid character 'x' after object key");
  for (const char* body : {"<html>", "", "{\"a\":1", "{\"a\":1}}", "[{\"a\":1}", "{\"a\":01}",
                           "\xEF\xBB\xBF{\"a\":1}"}) {
    INFO(body);
    for (const char* path : {"a", "@this", "#", "!true", "[@this]"}) {
      CHECK(value_of(body, fmt::format("res:json('{}') == nil", path)) == "true");
    }
  }
  CHECK(with_body("{\"a\":", "pcall(res.json, res)\nreturn res:json('a') == nil") == "true");
  contains(value_of("{}", "res:json(5)"), "error: ");
}

TEST_CASE("without a body both raise") {
  for (const char* call : {"res:json()", "res:json('a')"}) {
    contains(with_body("", std::string("return ") + call, 0),
             "the body is null so we can't transform it to JSON");
  }
}

TEST_CASE("bytes that are no UTF-8 and half pairs become U+FFFD, in both forms") {
  const std::string body =
      "{\"caf\xE9\":\"\xFF\xC3\",\"half\":[\"\\ud800x\",\"\\udc00\\ud83d\\ude00\"]}";
  CHECK(value_of(body, "res:json()") ==
        fmt::format(R"({{"caf{0}":"{0}{0}","half":["{0}x","{0}{1}"]}})", kReplacement,
                    "\xF0\x9F\x98\x80"));
  CHECK(value_of(body, "res:json('half.0')") == '"' + kReplacement + "x\"");
  CHECK(value_of(body, "res:json('caf*')") == '"' + kReplacement + kReplacement + '"');
  CHECK(value_of(body, "res:json('caf\\233')") == '"' + kReplacement + kReplacement + '"');
  CHECK(value_of(body, "{ res:json('@this').half[1] }") == "[\"" + kReplacement + "x\"]");
  CHECK(value_of(body, "res.body:find('caf\\233', 1, true)") == "3");
}

TEST_CASE("documents nested deeper than values can be are searched") {
  const std::string deep(100'000, '[');
  const std::string body = "{\"deep\":" + deep + std::string(100'000, ']') + ",\"a\":[1]}";
  CHECK(value_of(body, "res:json('a.0')") == "1");
  CHECK(value_of(body, "res:json('deep.0.#')") == "1");
  contains(value_of(body, "res:json('deep')"), "error: ");
  contains(value_of(body, "res:json()"), "cannot parse json: ");
}

TEST_CASE("a path that makes too much text is an error that names it") {
  std::string doubled = "[@this,@this]";
  for (int i = 0; i < 40; ++i) doubled += "|[@this,@this]";
  const std::string said = value_of(
      "[1,2,3]", fmt::format("select(2, pcall(function() return res:json('{}') end))", doubled));
  CHECK(said.find("the path \\\"[@this,@this]|[@this,@this]|") != std::string::npos);
  CHECK(said.find("makes more than 16 MB") != std::string::npos);
}
