#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

/// Runs Lua code that asserts by itself.
void passes(std::string_view code, std::string_view top = "") {
  const std::string result = result_of(code, top);
  INFO(code);
  CHECK(result == kNothing);
}

}  // namespace

TEST_CASE("what can reach files, processes, bytecode or other VUs is not in the sandbox") {
  for (const char* name :
       {"ffi",          "io",          "debug",     "package",   "dofile",     "loadfile",
        "module",       "getfenv",     "setfenv",   "newproxy",  "gcinfo",     "jit",
        "os.execute",   "os.exit",     "os.remove", "os.rename", "os.tmpname", "os.getenv",
        "os.setlocale", "string.dump", "table.new", "native"}) {
    INFO(name);
    CHECK(result_of(std::string("return type(") + name + ")") == "\"nil\"");
  }
}

TEST_CASE("the rest of Lua is there") {
  passes(R"(
    for names, from in pairs {
      ["assert error getmetatable ipairs load loadstring next pairs pcall print rawequal rawget rawset require select setmetatable tonumber tostring type unpack xpcall"] = _G,
      ["byte char find format gmatch gsub len lower match rep reverse sub upper"] = string,
      ["concat insert maxn remove sort"] = table,
      ["abs ceil cos exp floor fmod log max min modf pow random randomseed sqrt"] = math,
      ["clock date difftime time"] = os,
      ["band bor bxor lshift rshift tohex"] = bit,
      ["create resume running status wrap yield"] = coroutine,
      ["log info warn error debug"] = console,
    } do
      for name in names:gmatch("%S+") do
        assert(type(from[name]) == "function", name)
      end
    end
    assert(math.huge > 1e308 and math.pi > 3 and _VERSION == "Lua 5.1" and _G._G == _G))");
}

TEST_CASE("collectgarbage tells how much is used and nothing else") {
  passes(R"(
    assert(collectgarbage("count") > 0)
    assert(not pcall(collectgarbage))
    assert(not pcall(collectgarbage, "stop")))");
}

TEST_CASE("what a VU does to its libraries and globals stays its own") {
  ScriptWorld world(R"(
    if __VU == 1 then
      function string.trim(s) return (s:gsub("^%s+", "")) end
      string.upper = function() return "mine" end
      table.insert = nil
      math.pi, os.time, bit.band, console.extra, answer = 3, "noon", "and", 1, 42
      coroutine.wrap = "wrapped"
      require("k6").check = "checked"
      __ENV.SET = "1"
    end
    return function()
      return { type(string.trim), string.upper("x"), type(table.insert), math.pi == 3, type(os.time),
               type(bit.band), type(console.extra), type(answer), type(coroutine.wrap),
               type(require("k6").check), type(__ENV.SET) }
    end)");
  const auto first = world.vu(1);
  const auto second = world.vu(2);
  CHECK(
      world.run(*second) ==
      R"(["nil","X","function",false,"function","function","nil","nil","function","function","nil"])");
  CHECK(
      world.run(*first) ==
      R"(["function","mine","function",true,"string","string","number","number","string","string","string"])");
}

TEST_CASE("methods of strings: the originals, then what this VU added") {
  ScriptWorld world(R"(
    if __VU == 1 then function string.twice(s) return s .. s end end
    return function() return { ("ab"):upper(), (pcall(function() return ("ab"):twice() end)) } end)");
  const auto first = world.vu(1);
  const auto second = world.vu(2);
  CHECK(world.run(*first) == R"(["AB",true])");
  CHECK(world.run(*second) == R"(["AB",false])");
  CHECK(result_of("function string.twice(s) return s .. s end return ('ab'):twice()") ==
        R"("abab")");
}

TEST_CASE("shared metatables are out of reach") {
  passes(R"(
    assert(type(getmetatable("")) ~= "table")
    assert(not pcall(setmetatable, _G, {}))
    for _, library in ipairs { string, table, math, os, bit, coroutine, __ENV } do
      assert(type(getmetatable(library)) ~= "table")
      assert(not pcall(setmetatable, library, {}))
    end)");
}

TEST_CASE("the tables of modules and console cannot be reached through their metatables") {
  passes(R"(
    for _, module in ipairs { require "k6", require "k6/http", require "k6/metrics", console } do
      assert(type(getmetatable(module)) ~= "table")
    end)");
}

TEST_CASE("the libraries can be listed") {
  passes(R"(
    local seen = {}
    for name in pairs(string) do seen[name] = true end
    assert(seen.upper and seen.format and not seen.dump))");
}

TEST_CASE("load takes text only and works in the VU's environment") {
  ScriptWorld world(R"(
    return function()
      assert(load("x = (x or 0) + 1", "=chunk"))()
      assert(loadstring("x = x + 1"))()
      assert(coroutine.wrap(load("x = x + 1; return x"))() == x)
      local f = assert(load("y = 5", "=e", "t", {}))
      f()
      assert(y == nil)
      assert(load(function() return nil end))
      local none, why = load("\27LJ\2", "=code", "b")
      assert(none == nil and why:find("wrong mode"), why)
      assert(loadstring("\27LJ\2") == nil)
      local bad, message = load("local =", "=chunk")
      assert(bad == nil and message:find("^chunk:1:"), message)
      return x
    end)");
  const auto first = world.vu(1);
  const auto second = world.vu(2);
  CHECK(world.run(*first) == "3");
  CHECK(world.run(*first) == "6");
  CHECK(world.run(*second) == "3");
}

TEST_CASE("whole numbers up to 2^53 are printed in full") {
  CHECK(result_of("return tostring(123456789012345)") == "\"123456789012345\"");
  CHECK(result_of("return tostring(100000000000000)") == "\"100000000000000\"");
  CHECK(result_of("return tostring(-9007199254740992)") == "\"-9007199254740992\"");
  CHECK(result_of("return tostring(2^53)") == "\"9007199254740992\"");
  CHECK(result_of("return tostring(12)") == "\"12\"");
  CHECK(result_of("return tostring(0.5)") == "\"0.5\"");
  CHECK(result_of("return tostring('x') .. tostring(nil) .. tostring(true)") == "\"xniltrue\"");
  CHECK(result_of("return tostring(1/0) .. tostring(-1/0)") == "\"inf-inf\"");
  CHECK(
      result_of("return tostring(setmetatable({}, { __tostring = function() return 't' end }))") ==
      "\"t\"");
}

TEST_CASE("pairs, ipairs and next go through views and tables alike") {
  constexpr const char* kTop =
      "local view = require('k6/data').SharedArray('v', function() return { 'a', 'b', 'c' } end)";
  const std::string expected = R"([["1a","2b","3c"],["1a","2b","3c"],["1a","2b","3c"],3])";
  const std::string code = R"(
    local function collect(f, s, k)
      local out = {}
      for i, v in f, s, k do out[#out + 1] = i .. v end
      return out
    end
    local value = ...
    return { collect(ipairs(value)), collect(pairs(value)), collect(next, value), #value })";
  CHECK(result_of("return (function(...) " + code + " end)(view)", kTop) == expected);
  CHECK(result_of("return (function(...) " + code + " end)({ 'a', 'b', 'c' })", kTop) == expected);
  CHECK(result_of("return { next({}) == nil, (pcall(pairs, nil)), (pcall(ipairs, 5)) }") ==
        "[true,false,false]");
}

TEST_CASE("next lists what pairs lists of a module and of the environment's tables") {
  constexpr const char* kCode = R"(
    local function names(iterate, ...)
      local out = {}
      for name in iterate, ... do out[#out + 1] = name end
      table.sort(out)
      return table.concat(out, ' ')
    end
    http.mine, string.mine = true, true
    local same = {}
    for i, t in ipairs({ http, string, console, __ENV }) do
      same[i] = names(next, t) == names(pairs(t))
    end
    metrics.mine = true
    return { same, names(next, metrics) })";
  CHECK(result_of(kCode) == R"([[true,true,true,true],"Counter Gauge Rate Trend mine"])");
}

TEST_CASE("next of a script's own table with __pairs is the plain one") {
  CHECK(result_of("local t = setmetatable({ y = 1 }, { __metatable = false, __pairs = function() "
                  "return function() end end })\nreturn (next(t))") == R"("y")");
  CHECK(result_of("local t = setmetatable({ y = 1 }, { __pairs = function() return next, { x = 1 } "
                  "end })\nreturn (next(t))") == R"("y")");
}

TEST_CASE("pairs honours __pairs") {
  CHECK(
      result_of("local t = setmetatable({}, { __pairs = function() return next, { x = 1 } end })\n"
                "for k, v in pairs(t) do return k .. v end") == "\"x1\"");
}

namespace {

/// Ten random numbers of VU `id` in iteration `iteration` of scenario `scenario`.
std::string numbers(std::uint64_t seed, std::uint64_t id, std::uint64_t scenario,
                    std::uint64_t iteration) {
  ScriptWorld world(
      script_of("local t = {} for i = 1, 10 do t[i] = math.random(1000000) end return t"),
      "test.lua", seed);
  const auto vu = world.vu(id);
  vu->begin_iteration({.scenario = scenario, .random_key = iteration, .of_vu = 0});
  return world.run(*vu);
}

}  // namespace

TEST_CASE("random numbers follow from seed, scenario and iteration, whichever VU runs it") {
  const std::string reference = numbers(1, 1, 0, 0);
  CHECK(numbers(1, 1, 0, 0) == reference);
  CHECK(numbers(1, 2, 0, 0) == reference);
  CHECK(numbers(2, 1, 0, 0) != reference);
  CHECK(numbers(1, 1, 1, 0) != reference);
  CHECK(numbers(1, 1, 0, 1) != reference);
}

TEST_CASE("random numbers in the init context differ from VU to VU, and are the same again") {
  const auto first_number = [](std::uint64_t id) {
    ScriptWorld world("local n = math.random() return function() return n end");
    return world.run(*world.vu(id));
  };
  CHECK(first_number(1) == first_number(1));
  CHECK(first_number(1) != first_number(2));
}

TEST_CASE("math.random keeps to its interval and to its seed") {
  passes(R"(
    local seen = {}
    for _ = 1, 1000 do
      local n = math.random(3)
      assert(n >= 1 and n <= 3 and n % 1 == 0)
      seen[n] = true
      n = math.random(-2, 2)
      assert(n >= -2 and n <= 2 and n % 1 == 0)
      n = math.random()
      assert(n >= 0 and n < 1)
    end
    assert(seen[1] and seen[2] and seen[3])
    assert(math.random(5, 5) == 5)
    assert(not pcall(math.random, 0) and not pcall(math.random, 2, 1))
    math.randomseed(7)
    local a = math.random()
    math.randomseed(7)
    assert(a == math.random()))");
}

// Coroutines of the script: the engine's yield must pass through them (pitfalls 1.2).

TEST_CASE("a script's generator may sleep between what it yields") {
  ScriptWorld world(script_of(R"(
    local next_item = coroutine.wrap(function(first)
      k6.sleep(1)
      local second = coroutine.yield(first .. "1")
      k6.sleep(2)
      local third = coroutine.yield(second .. "2")
      return third .. "3"
    end)
    return { next_item("a"), next_item("b"), next_item("c") })"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == R"(["a1","b2","c3"])");
  CHECK(world.slept == std::vector<Nanoseconds>{1s, 2s});
}

TEST_CASE("coroutine.resume, yield and status around a sleep") {
  passes(R"(
    local co = coroutine.create(function(a, b)
      k6.sleep(1)
      local c, d = coroutine.yield(a + b, "sum")
      k6.sleep(1)
      return c * d
    end)
    local ok, sum, what = coroutine.resume(co, 1, 2)
    assert(ok and sum == 3 and what == "sum" and coroutine.status(co) == "suspended")
    local ok, product, none = coroutine.resume(co, 4, 5)
    assert(ok and product == 20 and none == nil and coroutine.status(co) == "dead")
    local ok, why = coroutine.resume(co)
    assert(not ok and why:find("dead")))");
}

TEST_CASE("coroutines two deep hand the engine's yield through both") {
  passes(R"(
    local outer = coroutine.wrap(function()
      local inner = coroutine.wrap(function()
        k6.sleep(1)
        coroutine.yield("inner")
        k6.sleep(1)
        return "end"
      end)
      coroutine.yield(inner())
      k6.sleep(1)
      coroutine.yield(inner())
    end)
    assert(outer() == "inner")
    assert(outer() == "end"))");
}

TEST_CASE("an error inside a coroutine comes out of resume and of wrap") {
  passes(R"(
    local function fails() k6.sleep(1) error("inside") end
    local ok, why = coroutine.resume(coroutine.create(fails))
    assert(not ok and why:find("test.lua:%d+: inside"), why)
    local ok, why = pcall(coroutine.wrap(fails))
    assert(not ok and why:find("test.lua:%d+: inside"), why)
    local ok, why = pcall(coroutine.wrap(function() k6.sleep(1) error({ code = 7 }) end))
    assert(not ok and why.code == 7))");
}

TEST_CASE("pcall inside and around coroutines lets a sleep through") {
  passes(R"(
    local co = coroutine.wrap(function()
      local ok, why = pcall(function() k6.sleep(1) error("caught", 0) end)
      coroutine.yield(why)
      local ok, value = xpcall(function() k6.sleep(1) return 5 end, function(m) return m end)
      return value
    end)
    local ok, why = pcall(co)
    assert(ok and why == "caught")
    assert(co() == 5))");
}

TEST_CASE("a response comes back through coroutines") {
  ScriptWorld world(script_of(R"(
    local fetch = coroutine.wrap(function(url)
      while true do url = coroutine.yield(http.get(url).body) end
    end)
    return { fetch("http://h/1"), fetch("http://h/2") })"));
  const auto vu = world.vu();
  auto outcome = vu->start("default", script::Stage::kIteration);
  for (const char* body : {"one", "two"}) {
    REQUIRE(outcome == script::Outcome::kSuspended);
    net::HttpResult result = response(200, body);
    outcome = vu->resume(vu->main_task(), result);
  }
  CHECK(world.finish(*vu, outcome) == R"(["one","two"])");
  REQUIRE(world.host.calls.size() == 2);
  CHECK(world.host.calls[1].call.request.url == "http://h/2");
}

TEST_CASE("what a sort comparator or a gsub callback starts is refused before it starts") {
  ScriptWorld world(script_of(R"(
    local refused = {}
    local function try(name, fn)
      local ok, why = pcall(fn)
      refused[#refused + 1] = not ok and why:find("cannot wait here") and name or tostring(why)
    end
    try("sort", function() table.sort({ 2, 1 }, function() k6.sleep(1) end) end)
    try("gsub", function() (string.gsub)("x", "x", function() http.get("http://h/") end) end)
    coroutine.wrap(function()
      try("inside", function() table.sort({ 2, 1 }, function() k6.sleep(1) end) end)
    end)()
    try("below", function()
      table.sort({ 2, 1 }, function() coroutine.wrap(function() k6.sleep(1) end)() end)
    end)
    return refused)"));
  const auto vu = world.vu();
  CHECK(world.run(*vu) == R"(["sort","gsub","inside","below"])");
  CHECK(world.host.sleeps.empty());
  CHECK(world.host.calls.empty());
}

TEST_CASE("nothing is started below a C function between two coroutines either") {
  ScriptWorld world(script_of(R"(
    coroutine.wrap(function()
      pcall(table.sort, { 2, 1 }, function() coroutine.wrap(function() k6.sleep(1) end)() end)
    end)()
    return "went on")"));
  const auto vu = world.vu();
  const auto outcome = vu->start("default", script::Stage::kIteration);
  CHECK(world.host.sleeps.empty());
  CHECK(outcome == script::Outcome::kFinished);
}
