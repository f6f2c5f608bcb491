#include "script/vu_script.h"

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

namespace {

std::string tag(const Measured& measured, std::string_view name) {
  return std::string(metrics::tag_value(measured.tags, name));
}

/// "name=1" or "name=0" for each check that the iteration `code` records, in order, and what the
/// iteration returned or failed with.
std::vector<std::string> checks_of(std::string_view code) {
  ScriptWorld world(script_of(code));
  const auto vu = world.vu();
  const std::string result = world.run(*vu);
  std::vector<std::string> checks;
  for (const Measured& measured : world.host.measured.take("checks")) {
    const auto& rate = std::get<metrics::Rate>(measured.sink);
    CHECK(rate.total == 1);
    checks.push_back(tag(measured, "check") + (rate.trues == 1 ? "=1" : "=0"));
  }
  checks.push_back(result.substr(0, result.find('\n')));
  return checks;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("start runs to the end or to the first wait; resume runs on") {
  ScriptWorld world(script_of("k6.sleep(0.25) k6.sleep(-3) return 'done'"));
  const auto vu = world.vu(5);
  CHECK(vu->id() == 5);
  CHECK_FALSE(vu->suspended());
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  CHECK(vu->suspended());
  REQUIRE(world.host.sleeps.size() == 1);
  CHECK(&world.host.sleeps[0].task->vu() == vu.get());
  CHECK(world.host.sleeps[0].duration == 250ms);
  REQUIRE(vu->resume(vu->main_task()) == Outcome::kSuspended);
  REQUIRE(world.host.sleeps.size() == 2);
  CHECK(world.host.sleeps[1].duration == 0ns);
  CHECK(vu->resume(vu->main_task()) == Outcome::kFinished);
  CHECK_FALSE(vu->suspended());
  CHECK(vu->returned_json().value() == "\"done\"");
}

TEST_CASE("abandon drops what was running; the next start begins anew") {
  ScriptWorld world(
      script_of("n = (n or 0) + 1\nif n == 1 then k6.group('g', function() k6.sleep(1) end) end\n"
                "k6.check(1, { c = true })\nreturn n"));
  const auto vu = world.vu();
  vu->abandon();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  vu->abandon();
  CHECK_FALSE(vu->suspended());
  CHECK(world.run(*vu) == "2");
  const auto checks = world.host.measured.take("checks");
  REQUIRE(checks.size() == 1);
  CHECK(tag(checks[0], "group") == kNothing);  // the group went with the abandoned iteration
}

TEST_CASE("a failed call leaves a VU that can be started again") {
  ScriptWorld world(R"(
    return function() n = (n or 0) + 1; if n % 2 == 1 then error("odd " .. n) end return n end)");
  const auto vu = world.vu();
  contains(world.run(*vu), "test.lua:2: odd 1");
  CHECK(world.run(*vu) == "2");
  contains(world.run(*vu), "odd 3");
}

TEST_CASE(
    "VUs survive the collector after failed and abandoned calls, and so does the rest of the "
    "worker") {
  ScriptWorld world(
      script_of("local t = {} for i = 1, 2000 do t[i] = { i } end\n"
                "assert(require('k6-utils').randomString(3):len() == 3)\n"
                "if __VU == 1 then error('x') end k6.sleep(1)"));
  const auto data = std::make_shared<const std::string>(R"({"n":1})");
  for (int round = 0; round < 20; ++round) {
    const auto failing = world.vu(1);
    const auto waiting = world.vu(2);
    failing->set_argument(data);
    waiting->set_argument(data);
    for (int i = 0; i < 5; ++i) {
      CHECK(failing->start("default", Stage::kIteration) == Outcome::kFailed);
      CHECK(waiting->start("default", Stage::kIteration) == Outcome::kSuspended);
      waiting->abandon();
    }
    failing->set_argument(data);
  }
  CHECK(lua_gc(world.runtime->state(), LUA_GCCOLLECT, 0) == 0);
}

TEST_CASE("an error says file, line and how it was reached") {
  ScriptWorld world(
      "local function deep()\n  error('deep down')\nend\n"
      "return { default = function()\n  deep()\nend,\n"
      "grouped = function() require('k6').group('g', deep) end,\n"
      "checked = function() require('k6').check(1, { c = deep }) end,\n"
      "value = function() error({}) end, nothing = function() error() end,\n"
      "fail = function()\n require('k6').fail('gave up') end }");
  const auto vu = world.vu();
  for (const char* exec : {"default", "grouped", "checked"}) {
    const std::string error = world.run(*vu, exec);
    contains(error, "error: test.lua:2: deep down");
    contains(error, "stack traceback");
    contains(error, "test.lua:2: in function");
  }
  contains(world.run(*vu, "value"), "error value is not a string");
  contains(world.run(*vu, "nothing"), "error value is not a string");
  contains(world.run(*vu, "fail"), "test.lua:11: gave up");
  contains(world.run(*vu, "missing"), "nil");
}

TEST_CASE("coroutine.yield outside of a coroutine is an error, whenever it happens") {
  ScriptWorld world(script_of("if n then k6.sleep(1) end n = 1\ncoroutine.yield('lost')"));
  const auto vu = world.vu();
  contains(world.run(*vu), "coroutine.yield was called outside of a coroutine");
  contains(world.run(*vu), "coroutine.yield was called outside of a coroutine");
}

TEST_CASE("sleep takes seconds and refuses what is no time") {
  for (const char* argument : {"0/0", "1e300", "'x'", "nil", "{}"}) {
    INFO(argument);
    contains(result_of(std::string("k6.sleep(") + argument + ")"), "error: test.lua:3:");
  }
  ScriptWorld world(script_of("k6.sleep('0.5') k6.sleep(0)"));
  CHECK(world.run(*world.vu()) == kNothing);
  CHECK(world.slept == std::vector<Nanoseconds>{500ms, 0ns});
}

TEST_CASE("the init context cannot wait or measure") {
  for (const char* code : {"require('k6').sleep(1)", "require('k6/http').get('http://h/')",
                           "coroutine.wrap(function() require('k6').sleep(1) end)()",
                           "require('k6/metrics').Counter('c_1'):add(1)"}) {
    ScriptWorld world(std::string("\n") + code);
    const std::string error = world.init_error();
    contains(error, "test.lua:2:");
    contains(error, "init context");
    CHECK(world.host.sleeps.empty());
    CHECK(world.host.calls.empty());
  }
}

TEST_CASE("an error of the init code says what and where") {
  ScriptWorld world("\nlocal x = nil + 1");
  contains(world.init_error(), "test.lua:2: attempt to perform arithmetic");
  contains(world.init_error(), "stack traceback");
  CHECK(ScriptWorld("error({ code = 1 })").init_error() != kNothing);
  CHECK(ScriptWorld("error()").init_error() != kNothing);
}

TEST_CASE("exports are the functions of the returned table, and options as JSON") {
  ScriptWorld world(R"(
    return { options = { vus = 3, stages = { { duration = "1s", target = 2 } }, tags = {} },
             default = function() end, buy = function() end, text = "x", [1] = print })");
  const auto exports = world.vu(0)->exports();
  REQUIRE(exports.ok());
  CHECK(exports.value().functions == Texts{"buy", "default"});
  CHECK(exports.value().options_json ==
        R"({"stages":[{"duration":"1s","target":2}],"tags":{},"vus":3})");
}

TEST_CASE("a script may return its default function alone") {
  const auto exports = ScriptWorld("return function() end").vu(0)->exports();
  REQUIRE(exports.ok());
  CHECK(exports.value().functions == Texts{"default"});
  CHECK(exports.value().options_json == "{}");
}

TEST_CASE("a script that exports nothing callable, or options without JSON form, is refused") {
  for (const char* source : {"", "return 5", "return { default = 1 }", "return {}"}) {
    ScriptWorld world(source);
    const auto vu = world.vu(0);
    const auto exports = vu->exports();
    REQUIRE_FALSE(exports.ok());
    CHECK(exports.error().code == ExitCode::kGeneric);
    contains(exports.error().message, "no exported functions");
  }
  for (const char* options : {"5", "'x'", "{ vus = print }", "{ [true] = 1 }"}) {
    ScriptWorld world(std::string("return { default = print, options = ") + options + " }");
    const auto vu = world.vu(0);
    const auto exports = vu->exports();
    REQUIRE_FALSE(exports.ok());
    CHECK(exports.error().code == ExitCode::kInvalidConfig);
    contains(exports.error().message, "options");
  }
}

TEST_CASE("setup runs without arguments; what it returns becomes JSON") {
  const auto returned = [](const std::string& value) {
    ScriptWorld world("return { setup = function(...) assert(select('#', ...) == 0) return " +
                      value + " end }");
    const auto vu = world.vu(0);
    REQUIRE(vu->start("setup", Stage::kSetup) == Outcome::kFinished);
    const auto json = vu->returned_json();
    return json.ok() ? json.value() : "error: " + json.error().message;
  };
  CHECK(returned("nil") == kNothing);
  CHECK(returned("{ token = 'x', ids = { 1, 2 }, f = print }") == R"({"ids":[1,2],"token":"x"})");
  CHECK(returned("false") == "false");
  CHECK(returned("123456789012345") == "123456789012345");
  contains(returned("print"), "error: ");
}

TEST_CASE("each VU gets its own copy of the setup data once, and may change it") {
  ScriptWorld world(R"(
    return { default = function(data) data.n = data.n + 1 return data end,
             teardown = function(data) return data.n end, none = function(...) return (...) == nil end })");
  const auto json = std::make_shared<const std::string>(R"({"n":1})");
  const auto first = world.vu(1);
  const auto second = world.vu(2);
  CHECK(world.run(*first, "none") == "true");
  first->set_argument(json);
  second->set_argument(json);
  CHECK(world.run(*first) == R"({"n":2})");
  CHECK(world.run(*first) == R"({"n":3})");
  CHECK(world.run(*second) == R"({"n":2})");
  const auto system = world.vu(0);
  system->set_argument(json);
  REQUIRE(system->start("teardown", Stage::kTeardown) == Outcome::kFinished);
  CHECK(system->returned_json().value() == "1");
  first->set_argument(std::make_shared<const std::string>(""));
  CHECK(world.run(*first, "none") == "true");
}

TEST_CASE("setup data with bytes that are no UTF-8 reaches the VUs") {
  ScriptWorld world(
      "return { setup = function() return '\\255\\254' end, default = function(d) return #d end }");
  const auto system = world.vu(0);
  REQUIRE(system->start("setup", Stage::kSetup) == Outcome::kFinished);
  const auto json = system->returned_json();
  if (!json.ok()) return;  // refusing it with a message is as good
  const auto vu = world.vu(1);
  vu->set_argument(std::make_shared<const std::string>(json.value()));
  CHECK(world.run(*vu).find("error") == std::string::npos);
}

TEST_CASE("__VU, __ITER and __ENV") {
  ScriptWorld world(
      "local vu = __VU return function() return { vu, __VU, __ITER, __ENV.A or 'none', __ENV.B or "
      "'none' } end");
  const auto vu = world.vu(12);
  CHECK(world.run(*vu) == R"([12,12,0,"none","none"])");
  vu->begin_iteration({.scenario = 0, .random_key = 99, .of_vu = 3});
  vu->set_scenario_env({{"B", "2"}});
  CHECK(world.run(*vu) == R"([12,12,3,"none","2"])");
  vu->set_scenario_env({});
  CHECK(world.run(*vu) == R"([12,12,3,"none","none"])");
}

TEST_CASE("a scenario's variables lie over the process's") {
  FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = "test.lua";
  config.source =
      "return function() local n = 0 for _ in pairs(__ENV) do n = n + 1 end return { __ENV.A, "
      "__ENV.B or '', n } end";
  config.env = {{"A", "1"}, {"C", "3"}};
  auto runtime = script::Runtime::create(host, config, store);
  REQUIRE(runtime.ok());
  auto created = script::VuScript::create(*runtime.value(), 1);
  REQUIRE(created.ok());
  const auto vu = std::move(created).value();
  const auto run = [&vu] {
    REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kFinished);
    return vu->returned_json().value();
  };
  CHECK(run() == R"(["1","",2])");
  vu->set_scenario_env({{"A", "over"}, {"B", "2"}});
  CHECK(run() == R"(["over","2",3])");
  vu->set_scenario_env({});
  CHECK(run() == R"(["1","",2])");
}

// Groups (k6-surface 3.2).

TEST_CASE("groups nest, tag what they contain, measure their duration and return what fn returns") {
  ScriptWorld world(script_of(R"(
    local a, b = k6.group("outer", function()
      k6.check(1, { first = true })
      k6.sleep(1)
      k6.group("inner", function() k6.sleep(2) k6.check(1, { second = true }) end)
      k6.check(1, { third = true })
      return 1, 2
    end)
    k6.check(1, { fourth = true })
    return { a, b })"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == "[1,2]");
  Texts seen;
  for (const Measured& measured : world.host.measured.take()) {
    if (measured.metric == "group_duration") {
      const auto& trend = std::get<metrics::Trend>(measured.sink);
      seen.push_back(tag(measured, "group") + "=" + fmt::to_string(trend.max()));
    } else {
      seen.push_back(tag(measured, "group") + ">" + tag(measured, "check"));
    }
  }
  CHECK(seen == Texts{"::outer>first", "::outer::inner>second", "::outer::inner=2000",
                      "::outer>third", "::outer=3000", ">fourth"});
}

TEST_CASE("the group is restored after an error") {
  ScriptWorld world(script_of(R"(
    pcall(k6.group, "a", function() k6.group("b", function() error("x") end) end)
    k6.check(1, { after = true }))"));
  CHECK(world.run(*world.vu()) == kNothing);
  const auto measured = world.host.measured.take();
  REQUIRE(measured.size() == 3);
  CHECK(tag(measured[0], "group") == "::a::b");
  CHECK(tag(measured[1], "group") == "::a");
  CHECK(measured[2].metric == "checks");
  CHECK(tag(measured[2], "group") == kNothing);
}

TEST_CASE("a group's name and function are checked") {
  contains(result_of("k6.group('a::b', function() end)"), "may not contain '::'");
  contains(result_of("k6.group('a')"), "test.lua:3:");
  contains(result_of("k6.group(5, function() end)"), "must be a string");
}

TEST_CASE("setup and teardown are groups of their own; base tags are on everything") {
  ScriptWorld world(
      "local f = function() require('k6').check(1, { c = true }) end\n"
      "return { setup = f, teardown = f, default = f }");
  const auto vu = world.vu();
  vu->set_base_tags(world.host.tags().with({}, "scenario", "s"));
  vu->start("setup", Stage::kSetup);
  vu->start("default", Stage::kIteration);
  vu->start("teardown", Stage::kTeardown);
  Texts groups;
  for (const Measured& measured : world.host.measured.take("checks")) {
    groups.push_back(tag(measured, "group"));
    CHECK(tag(measured, "scenario") == "s");
  }
  CHECK(groups == Texts{"::setup", "", "::teardown"});
}

TEST_CASE("the system tags group and check can be switched off") {
  ScriptWorld world(
      script_of("k6.group('g', function() k6.check(1, { c = true }, { own = 1 }) end)"));
  world.runtime->settings.tag_groups = false;
  world.runtime->settings.tag_checks = false;
  CHECK(world.run(*world.vu()) == kNothing);
  const auto checks = world.host.measured.take("checks");
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].tags == metrics::Tags{{"own", "1"}});
}

// Checks (k6-surface 3.2 and its mapping to Lua).

TEST_CASE("a check passes when its value is truthy, except 0, the empty string and NaN") {
  for (const char* value : {"true", "1", "-1", "0.1", "'x'", "'0'", "'false'", "{}", "print"}) {
    const std::string test = std::string(value) == "print" ? "function() return print end" : value;
    INFO(value);
    CHECK(checks_of("return k6.check(nil, { c = " + test + " })") == Texts{"c=1", "true"});
    CHECK(checks_of(std::string("return k6.check(") + value +
                    ", { c = function(v) return v end })") == Texts{"c=1", "true"});
  }
  for (const char* value : {"false", "0", "-0", "''", "0/0"}) {
    INFO(value);
    CHECK(checks_of(std::string("return k6.check(nil, { c = ") + value + " })") ==
          Texts{"c=0", "false"});
    CHECK(checks_of(std::string("return k6.check(") + value +
                    ", { c = function(v) return v end })") == Texts{"c=0", "false"});
  }
  CHECK(checks_of("return k6.check(nil, { c = function() end })") == Texts{"c=0", "false"});
}

TEST_CASE("checks of a table run in the order of their names, those of a list in its order") {
  CHECK(checks_of("return k6.check(1, { b = true, a = false, c = true })") ==
        Texts{"a=0", "b=1", "c=1", "false"});
  CHECK(
      checks_of("return k6.check(2, { { 'b', true }, { 'a', function(v) return v == 2 end } })") ==
      Texts{"b=1", "a=1", "true"});
  CHECK(checks_of("return k6.check(nil, { true, false })") == Texts{"0=1", "1=0", "false"});
  CHECK(checks_of("return k6.check(nil, {})") == Texts{"true"});
}

TEST_CASE("a check that raises is recorded as failed, the rest is skipped") {
  CHECK(
      checks_of("return k6.check(1, { a = true, b = function() error('no', 0) end, c = true })") ==
      Texts{"a=1", "b=0", "error: no"});
}

TEST_CASE("a check may wait") {
  CHECK(checks_of("return k6.check(1, { a = function() k6.sleep(1) return true end })") ==
        Texts{"a=1", "true"});
}

TEST_CASE("checks need names without :: and a table") {
  contains(checks_of("k6.check(5)").back(), "no checks provided");
  contains(checks_of("k6.check(5, { ['a::b'] = true })").back(), "may not contain '::'");
  contains(checks_of("k6.check(5, { [true] = true })").back(), "error: ");
}

TEST_CASE("a check's own tags are added") {
  ScriptWorld world(script_of(
      "k6.check(nil, { c = true }, { a = 1, b = '2', yes = true, big = 123456789012345 })"));
  CHECK(world.run(*world.vu()) == kNothing);
  const auto checks = world.host.measured.take("checks");
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].tags == metrics::Tags{{"a", "1"},
                                        {"b", "2"},
                                        {"big", "123456789012345"},
                                        {"check", "c"},
                                        {"group", ""},
                                        {"yes", "true"}});
  contains(result_of("k6.check(1, { c = true }, { a = {} })"),
           "expected a string, number or boolean");
  contains(result_of("k6.check(1, { c = true }, { 'a' })"), "names must be strings");
}
