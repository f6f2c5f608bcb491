#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/log.h"
#include "conformance/cases.h"
#include "support/catch.h"
#include "support/temp_folder.h"
#include "unit/script/script_world.h"

namespace loadrun::test {
namespace {

using nlohmann::json;

/// A case's JavaScript in Lua: `top` is init code, `code` the iteration's.
struct LuaCase {
  std::string code;
  std::string top = {};
  bool throws = false;  ///< The option `throw`.
};

using LuaCases = std::map<std::string, LuaCase>;

const LuaCases kCheck{
    {R"(check(null,{"check": 0}))", {"return k6.check(nil, { check = 0 })"}},
    {R"(check(null,{"check": function() { return 0; }}))",
     {"return k6.check(nil, { check = function() return 0 end })"}},
    {R"(check(0,{"check": function(v) {return v; }}))",
     {"return k6.check(0, { check = function(v) return v end })"}},
    {R"(check(null,{"check": 1}))", {"return k6.check(nil, { check = 1 })"}},
    {R"(check(1,{"check": function(v) {return v; }}))",
     {"return k6.check(1, { check = function(v) return v end })"}},
    {R"(check(null,{"check": function() { return -1; }}))",
     {"return k6.check(nil, { check = function() return -1 end })"}},
    {R"(check(-1,{"check": function(v) {return v; }}))",
     {"return k6.check(-1, { check = function(v) return v end })"}},
    {R"(check(null,{"check": ""}))", {"return k6.check(nil, { check = '' })"}},
    {R"(check(null,{"check": function() { return ""; }}))",
     {"return k6.check(nil, { check = function() return '' end })"}},
    {R"(check("",{"check": function(v) {return v; }}))",
     {"return k6.check('', { check = function(v) return v end })"}},
    {R"(check(null,{"check": "true"}))", {"return k6.check(nil, { check = 'true' })"}},
    {R"(check(null,{"check": function() { return "true"; }}))",
     {"return k6.check(nil, { check = function() return 'true' end })"}},
    {R"(check(null,{"check": "false"}))", {"return k6.check(nil, { check = 'false' })"}},
    {R"(check(null,{"check": function() { return "false"; }}))",
     {"return k6.check(nil, { check = function() return 'false' end })"}},
    {R"(check(null,{"check": true}))", {"return k6.check(nil, { check = true })"}},
    {R"(check(null,{"check": function() { return true; }}))",
     {"return k6.check(nil, { check = function() return true end })"}},
    {R"(check(true,{"check": function(v) {return v; }}))",
     {"return k6.check(true, { check = function(v) return v end })"}},
    {R"(check(null,{"check": false}))", {"return k6.check(nil, { check = false })"}},
    {R"(check(null,{"check": function() { return false; }}))",
     {"return k6.check(nil, { check = function() return false end })"}},
    // A Lua table cannot hold nil under a key: the list form can.
    {R"(check(null,{"check": null}))", {"return k6.check(nil, { { 'check', nil } })"}},
    {R"(check(null,{"check": function() { return null; }}))",
     {"return k6.check(nil, { check = function() return nil end })"}},
    {R"(check(null,{"check": undefined}))", {"return k6.check(nil, { { 'check' } })"}},
    {R"(check(null,{"check": function() { return undefined; }}))",
     {"return k6.check(nil, { check = function() end })"}},
    {R"(check(undefined,{"check": function(v) {return v; }}))",
     {"return k6.check(nil, { check = function(v) return v end })"}},
    {R"(check(null,{"check": true},{a: 1, b: "2"}))",
     {"return k6.check(nil, { check = true }, { a = 1, b = '2' })"}},
    {R"(check(null,[true]))", {"return k6.check(nil, { true })"}},
    {R"(check(null,12345))", {"return k6.check(nil, 12345)"}},
    {R"(check(5))", {"return k6.check(5)"}},
    {R"(check(null,{a: function(){throw new Error("error A")}, b: function(){throw new Error("error B")}}))",
     {"return k6.check(nil, { a = function() error('Error: error A', 0) end, "
      "b = function() error('Error: error B', 0) end })"}},
};

const LuaCases kFail{{R"(fail("blah"))", {"k6.fail('blah')"}}};

const LuaCases kSharedArray{
    {R"(new SharedArray("", function() {return []}))",
     {"", "require('k6/data').SharedArray('', function() return {} end)"}},
    {R"(new SharedArray("wat3", "astring"))",
     {"", "require('k6/data').SharedArray('wat3', 'astring')"}},
    {R"('use strict'; array.something = 'something')",
     {"array.something = 'something'",
      "local array = require('k6/data').SharedArray('a', function() return { 1 } end)"}},
};

const LuaCases kMetricsAdd{
    {"m.add(2.5)", {"return m:add(2.5)"}},
    {"m.add(5)", {"return m:add(5)"}},
    {"m.add(true)", {"return m:add(true)"}},
    {"m.add(true,{a:1})", {"return m:add(true, { a = 1 })"}},
    {"m.add(false,{a:1})", {"return m:add(false, { a = 1 })"}},
    {R"(m.add("5.3"))", {"return m:add('5.3')"}},
    {"m.add(null) with throw=false", {"return m:add(nil)"}},
    {"m.add(null) with throw=true", {"return m:add(nil)", "", true}},
    {"m.add(undefined) with throw=false", {"return m:add(nil)"}},
    {"m.add(NaN) with throw=false", {"return m:add(0 / 0)"}},
    {R"(m.add("string") with throw=false)", {"return m:add('string')"}},
    {"m.add({something: 3}) with throw=true", {"return m:add({ something = 3 })", "", true}},
    {"m.add(m) with throw=false", {"return m:add(m)"}},
    {"m.add(m) with throw=true", {"return m:add(m)", "", true}},
    {"m.add() with throw=true", {"return m:add()", "", true}},
};

const LuaCases kMetricsConstructor{
    {R"(new Counter("my_metric") in VU code)", {"metrics.Counter('my_metric')"}},
    {R"("use strict"; m.name="something")",
     {"m.name = 'something'", "local m = metrics.Counter('my_metric')"}},
    {R"(new Counter("my_metric"); new Gauge("my_metric"))",
     {"", "metrics.Counter('my_metric') metrics.Gauge('my_metric')"}},
};

constexpr const char* kExec = "local exec = require 'k6/execution'";

LuaCase init_case(const char* property) {
  return {"", fmt::format("{} local _ = exec.{}", kExec, property)};
}

LuaCase tag_case(const char* table, const char* value) {
  return {fmt::format("exec.vu.{0}.mytag = {1} return exec.vu.{0}.mytag", table, value), kExec};
}

LuaCase bad_tag_case(const char* value) {
  return {fmt::format("exec.vu.tags.custom = {}", value), kExec};
}

const LuaCases kExecutionInit{
    {"exec.scenario.name in init context", init_case("scenario.name")},
    {"exec.scenario.executor in init context", init_case("scenario.executor")},
    {"exec.scenario.startTime in init context", init_case("scenario.startTime")},
    {"exec.scenario.iterationInInstance in init context",
     init_case("scenario.iterationInInstance")},
    {"exec.scenario.iterationInTest in init context", init_case("scenario.iterationInTest")},
    {"exec.test.options in init context", init_case("test.options")},
    {"exec.vu.idInInstance in init context", init_case("vu.idInInstance")},
    {"exec.vu.idInTest in init context", init_case("vu.idInTest")},
};

const LuaCases kExecutionTest{
    {"exec.test.abort()", {"exec.test.abort()", kExec}},
    {R"(exec.test.abort("mayday"))", {"exec.test.abort('mayday')", kExec}},
    {R"(exec.test.fail("a custom reason"))",
     {"exec.test.fail('a custom reason') return true", kExec}},
};

const LuaCases kExecutionTags{
    {R"(exec.vu.tags["mytag"] = "tag1"; exec.vu.tags["mytag"])", tag_case("tags", "'tag1'")},
    {R"(exec.vu.tags["mytag"] = 101; exec.vu.tags["mytag"])", tag_case("tags", "101")},
    {R"(exec.vu.tags["mytag"] = 3.14; exec.vu.tags["mytag"])", tag_case("tags", "3.14")},
    {R"(exec.vu.metrics.tags["mytag"] = "tag1"; exec.vu.metrics.tags["mytag"])",
     tag_case("metrics.tags", "'tag1'")},
    {R"(exec.vu.metrics.tags["mytag"] = true; exec.vu.metrics.tags["mytag"])",
     tag_case("metrics.tags", "true")},
    {R"(exec.vu.metrics.tags["mytag"] = 101; exec.vu.metrics.tags["mytag"])",
     tag_case("metrics.tags", "101")},
    {R"(exec.vu.metrics.metadata["mytag"] = "tag1"; exec.vu.metrics.metadata["mytag"])",
     tag_case("metrics.metadata", "'tag1'")},
    {R"(exec.vu.tags["custom"] = null)", bad_tag_case("json.null")},
    {R"(exec.vu.tags["custom"] = undefined)", bad_tag_case("nil")},
    {R"(exec.vu.tags["custom"] = [])", bad_tag_case("json.array {}")},
    {R"(exec.vu.tags["custom"] = {})", bad_tag_case("{}")},
    {R"(exec.vu.tags["custom"] = {"foo": "bar"})", bad_tag_case("{ foo = 'bar' }")},
    {R"(exec.vu.tags["vu"] = "vu101"; exec.vu.tags["vu"])",
     {"exec.vu.tags.vu = 'vu101' return exec.vu.tags.vu", kExec}},
};

/// Areas whose modules are not there yet; SKIPPED.md has the reasons. Without its line here an area
/// is tested.
const std::set<std::string> kLater{
    "js.crypto.digest_encoding", "js.crypto.hash",       "js.crypto.hmac",
    "js.crypto.randomBytes",     "js.csv.options",       "js.csv.parser_next",
    "js.encoding.b64decode",     "js.encoding.b64encode"};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& skipped_list() {
  static const std::string list =
      read(std::string(LOADRUN_SOURCE_DIR) + "/tests/conformance/SKIPPED.md");
  return list;
}

bool is_skipped(const Case& one) {
  return skipped_list().find("`" + one.area + "` | `" + one.input.dump() + "`") !=
         std::string::npos;
}

/// What a script did.
struct Ran {
  std::string result;  ///< JSON; or "error: " and the error, or "aborted: " and the reason.
  std::vector<Measured> samples;
  std::string log;
  bool marked_as_failed = false;
};

std::string iterate(ScriptWorld& world) {
  const auto vu = world.vu();
  const script::Outcome outcome = vu->start("default", script::Stage::kIteration);
  if (world.host.aborts.empty()) return world.finish(*vu, outcome);
  vu->abandon();
  return "aborted: " + world.host.aborts.front();
}

Ran run(const LuaCase& lua) {
  const TempFolder folder;
  const std::string log = folder.path() + "/log.txt";
  REQUIRE(configure_log({.output = "file=" + log, .format = LogFormat::kRaw}).ok());
  ScriptWorld world(script_of(lua.code, lua.top));
  world.runtime->settings.throw_errors = lua.throws;
  Ran ran{.result = "error: " + world.init_error(), .samples = {}, .log = {}};
  if (ran.result == "error: ") ran.result = iterate(world);
  ran.marked_as_failed = world.host.failures > 0;
  ran.samples = world.host.measured.take();
  REQUIRE(configure_log({}).ok());
  ran.log = read(log);
  return ran;
}

void check_contains(const std::string& text, std::string part) {
  constexpr std::string_view kErrorClass = "TypeError: ";  // errors of Lua have no class
  if (part.starts_with(kErrorClass)) part.erase(0, kErrorClass.size());
  INFO(text);
  INFO(part);
  CHECK(text.find(part) != std::string::npos);
}

double value_of(const metrics::Sink& sink) {
  if (const auto* counter = std::get_if<metrics::Counter>(&sink)) return counter->sum.value();
  if (const auto* gauge = std::get_if<metrics::Gauge>(&sink)) return gauge->last;
  if (const auto* rate = std::get_if<metrics::Rate>(&sink)) return static_cast<double>(rate->trues);
  return std::get<metrics::Trend>(sink).max();
}

void check_tags(const json& expected, const metrics::Tags& tags) {
  const std::map<std::string, std::string> actual(tags.begin(), tags.end());
  for (const auto& [name, value] : expected.items()) {
    INFO(name);
    REQUIRE(actual.contains(name));
    CHECK(actual.at(name) == value.get<std::string>());
  }
}

/// `expected` is a list of samples, or 0.
void check_samples(const json& expected, const std::vector<Measured>& samples) {
  REQUIRE(samples.size() == (expected.is_array() ? expected.size() : 0));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    CHECK(samples[i].metric == expected[i].value("metric", "checks"));
    CHECK(value_of(samples[i].sink) == expected[i].at("value").get<double>());
    if (expected[i].contains("check")) {
      check_tags({{"check", expected[i].at("check")}}, samples[i].tags);
    }
    check_tags(expected[i].value("tags", json::object()), samples[i].tags);
  }
}

/// One field of `expected`; a field that nothing here knows fails.
void check_field(const std::string& field, const json& expected, const Ran& ran) {
  INFO(field);
  if (field == "returns" || field == "script_continues") {
    CHECK(ran.result == expected.dump());
  } else if (field == "test_marked_failed") {
    CHECK(ran.marked_as_failed == expected.get<bool>());
  } else if (field == "interrupt_reason") {
    CHECK(ran.result == "aborted: " + expected.get<std::string>());
  } else if (field == "throws" || field == "throws_contains") {
    CHECK(ran.result.starts_with("error: "));
    check_contains(ran.result, expected);
  } else if (field == "error") {
    CHECK_FALSE(ran.result.starts_with("error: "));
  } else if (field == "warning_contains" || field == "log_contains") {
    check_contains(ran.log, expected);
  } else if (field == "samples") {
    check_samples(expected, ran.samples);
  } else if (field == "tags") {
    REQUIRE(ran.samples.size() == 1);
    check_tags(expected, ran.samples[0].tags);
  } else if (field == "value" || field == "sample") {
    REQUIRE(ran.samples.size() == 1);
    const auto value = expected.get<double>();
    const bool is_rate = std::holds_alternative<metrics::Rate>(ran.samples[0].sink);
    CHECK(value_of(ran.samples[0].sink) == (is_rate ? (value == 0 ? 0 : 1) : value));
  } else {
    FAIL("nothing checks this field");
  }
}

void check_case(const Case& one, const LuaCase& lua) {
  const Ran ran = run(lua);
  INFO(ran.result);
  if (one.expected.is_object()) {
    for (const auto& [field, expected] : one.expected.items()) check_field(field, expected, ran);
  } else if (one.expected == "throws") {
    CHECK(ran.result.starts_with("error: "));
  } else {
    CHECK(ran.result == one.expected.dump());
  }
}

/// The cases of an area in both languages.
void check_area(std::string_view file, const std::string& area, const LuaCases& translations,
                const std::string& top = {}) {
  if (kLater.contains(area)) return;
  for (const Case& one : cases_of(file, area)) {
    if (is_skipped(one)) continue;
    INFO(one.text());
    REQUIRE(translations.contains(one.input));
    LuaCase lua = translations.at(one.input);
    lua.top = top + lua.top;
    check_case(one, lua);
  }
}

TEST_CASE("every area of the file is tested or comes later") {
  const std::set<std::string> here{"js.k6.check",         "js.k6.fail",
                                   "js.data.SharedArray", "js.execution.init",
                                   "js.execution.test",   "js.execution.vu_tags"};
  for (const std::string& area : areas_of("script.jsonl")) {
    INFO(area);
    CHECK((here.contains(area) || kLater.contains(area)));
    CHECK(kLater.contains(area) ==
          (skipped_list().find("\n| `" + area + "` | ") != std::string::npos &&
           skipped_list().find("\n| `" + area + "` | `") == std::string::npos));
  }
}

TEST_CASE("k6") {
  check_area("script.jsonl", "js.k6.check", kCheck);
  check_area("script.jsonl", "js.k6.fail", kFail);
}

TEST_CASE("k6/data") { check_area("script.jsonl", "js.data.SharedArray", kSharedArray); }

TEST_CASE("k6/metrics") {
  for (const char* type : {"Counter", "Gauge", "Rate", "Trend"}) {
    INFO(type);
    const std::string top = fmt::format("local m = metrics.{}('my_metric') ", type);
    check_area("metrics.jsonl", "js.metrics.add", kMetricsAdd, top);
  }
  check_area("metrics.jsonl", "js.metrics.ctor", kMetricsConstructor);
}

TEST_CASE("k6/execution") {
  check_area("script.jsonl", "js.execution.init", kExecutionInit);
  check_area("script.jsonl", "js.execution.test", kExecutionTest);
  check_area("script.jsonl", "js.execution.vu_tags", kExecutionTags);
}

}  // namespace
}  // namespace loadrun::test
