#include "script/loader.h"

#include "script_world.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

/// What is wrong with the source, found at compile time; "" when it compiles.
std::string compile_error(std::string source, const std::string& path = "test.lua") {
  FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  config.path = path;
  config.source = std::move(source);
  const auto runtime = script::Runtime::create(host, config, store);
  if (runtime.ok()) return "";
  CHECK(runtime.error().code == ExitCode::kScriptException);
  return runtime.error().message;
}

/// What an iteration of the script `main`, which stands in `folder`, returns.
std::string run_in(const TempFolder& folder, const std::string& main) {
  ScriptWorld world(main, folder.path() + "/main.lua");
  const auto vu = world.vu(0);
  return world.run(*vu);
}

/// What its init code fails with.
std::string init_error_in(const TempFolder& folder, const std::string& main) {
  ScriptWorld world(main, folder.path() + "/main.lua");
  return world.init_error(0);
}

}  // namespace

TEST_CASE("a byte order mark and a #! line do not disturb, and line numbers stay") {
  for (const char* prefix : {"", "\xEF\xBB\xBF", "#!/usr/bin/env loadrun", "\xEF\xBB\xBF#!x"}) {
    ScriptWorld world(std::string(prefix) + "\nreturn function() error('here') end");
    const auto vu = world.vu();
    contains(world.run(*vu), "error: test.lua:2: here");
  }
  CHECK(compile_error("#!only this line") == kNothing);
  contains(compile_error(" #! is no comment elsewhere"), "test.lua:1:");
}

TEST_CASE("a syntax error names file and line") {
  contains(compile_error("local a = 1\nlocal b = = 2\n"), "test.lua:2:");
  contains(compile_error("return function()\n\n"), "test.lua:");
  contains(compile_error("return function()\n\n"), "'end' expected");
  // The line that the closure factory adds must not show.
  CHECK(compile_error("return function()\n\n").find("line 4") == std::string::npos);
}

TEST_CASE("source that is balanced only inside the closure factory is refused") {
  contains(compile_error("local a = 1 end, function()"), "test.lua:1:");
  contains(compile_error("end\nlocal function f()"), "test.lua:1:");
  CHECK(compile_error("return function() end -- a comment without a newline at the end") ==
        kNothing);
}

TEST_CASE("bytecode is refused") {
  const std::string bytecode = "\x1bLJ\x02\x0a anything";
  CHECK(compile_error(bytecode) != kNothing);
  CHECK(compile_error("\xEF\xBB\xBF" + bytecode) != kNothing);
  TempFolder folder;
  folder.write("binary.lua", bytecode);
  CHECK(init_error_in(folder, "require 'binary'") != kNothing);
}

TEST_CASE("require finds files by name, dotted name, folder and relative to the requiring file") {
  TempFolder folder;
  folder.write("plain.lua", "return 'plain'");
  folder.write("with.dot.lua", "return 'with.dot'");
  folder.write("lib/inner.lua", "return 'inner'");
  folder.write(
      "lib/outer.lua",
      "return require('./inner') .. '+' .. require('../plain') .. '+' .. require('plain')");
  const auto required = [&folder](const std::string& name) {
    return run_in(folder, "local m = require '" + name + "'; return function() return m end");
  };
  CHECK(required("plain") == "\"plain\"");
  CHECK(required("plain.lua") == "\"plain\"");
  CHECK(required("./plain") == "\"plain\"");
  CHECK(required("./plain.lua") == "\"plain\"");
  CHECK(required("lib/inner") == "\"inner\"");
  CHECK(required("lib.inner") == "\"inner\"");
  CHECK(required("./lib/../lib/inner.lua") == "\"inner\"");
  CHECK(required("with.dot") == "\"with.dot\"");
  CHECK(required("lib.outer") == "\"inner+plain+plain\"");
}

TEST_CASE("require behind pcall starts at the requiring file as well") {
  TempFolder folder;
  folder.write("lib/inner.lua", "return 'inner'");
  folder.write("lib/outer.lua", "return select(2, pcall(require, './inner'))");
  CHECK(run_in(folder, "local m = require 'lib.outer'; return function() return m end") ==
        "\"inner\"");
}

TEST_CASE("a module runs once per VU, however it is named, and each VU has its own") {
  TempFolder folder;
  folder.write("counter.lua", "runs = (runs or 0) + 1\nreturn { n = 0 }");
  const std::string main = R"(
    local a, b, c = require "counter", require "./counter", require "counter.lua"
    return function() a.n = a.n + 1; return { a == b and b == c, runs, a.n } end)";
  ScriptWorld world(main, folder.path() + "/main.lua");
  const auto first = world.vu(0);
  const auto second = world.vu(1);
  CHECK(world.run(*first) == "[true,1,1]");
  CHECK(world.run(*first) == "[true,1,2]");
  CHECK(world.run(*second) == "[true,1,1]");
}

TEST_CASE("a module that returns nothing is true, one that returns false is false") {
  TempFolder folder;
  folder.write("nothing.lua", "");
  folder.write("no.lua", "return false");
  CHECK(run_in(folder,
               "local a, b, c = require 'nothing', require 'nothing', require 'no'\n"
               "return function() return { a, b, c } end") == "[true,true,false]");
}

TEST_CASE("a cycle of modules is an error that says so") {
  TempFolder folder;
  folder.write("a.lua", "return require 'b'");
  folder.write("b.lua", "return require 'a'");
  folder.write("self.lua", "return require './self'");
  contains(init_error_in(folder, "require 'a'"), "requires itself (a cycle)");
  contains(init_error_in(folder, "require 'self'"), "requires itself (a cycle)");
}

TEST_CASE("a broken module fails with its own error each time") {
  TempFolder folder;
  folder.write("broken.lua", "\nerror('not today')");
  folder.write("wrong.lua", "local = 1");
  contains(init_error_in(folder, "require 'wrong'"), "wrong.lua:1:");
  contains(init_error_in(folder, "require 'broken'"), "broken.lua:2: not today");
  ScriptWorld world(
      "local first = select(2, pcall(require, 'broken'))\n"
      "local second = select(2, pcall(require, 'broken'))\n"
      "return function() return first == second and first or second end",
      folder.path() + "/main.lua");
  const auto vu = world.vu(0);
  contains(world.run(*vu), "not today");
}

TEST_CASE("an unknown module is an error that says what was tried and what there is") {
  TempFolder folder;
  const std::string error = init_error_in(folder, "\nrequire 'no.such'");
  contains(error, "main.lua:2:");
  contains(error, "module \"no.such\" not found");
  contains(error, folder.path() + "/no.such.lua");
  contains(error, folder.path() + "/no/such.lua");
  contains(error, "\"k6/http\"");
  CHECK(error.find("prelude") == std::string::npos);
}

TEST_CASE("modules that later versions bring are named as such") {
  for (const char* name : {"k6/ws", "k6/websockets", "k6/net/grpc", "k6/browser"}) {
    ScriptWorld world(std::string("require '") + name + "'");
    contains(world.init_error(), "is not part of this version of loadrun");
  }
}

TEST_CASE("LuaJIT's own modules cannot be required") {
  for (const char* name :
       {"ffi", "jit", "io", "os", "debug", "package", "string.buffer", "table.new"}) {
    ScriptWorld world(std::string("require '") + name + "'");
    contains(world.init_error(), "not found");
  }
}

TEST_CASE("other VUs may require only what the first init did") {
  TempFolder folder;
  folder.write("known.lua", "return 'known'");
  folder.write("late.lua", "return 'late'");
  ScriptWorld world(
      "local m = require 'known'\nif __VU == 7 then require 'late' end\n"
      "return function(_) return m .. require 'known' end",
      folder.path() + "/main.lua");
  const auto first = world.vu(0);
  const auto second = world.vu(1);
  CHECK(world.run(*second) == "\"knownknown\"");
  contains(world.init_error(7), "late.lua");
}

TEST_CASE("open reads files beside the script, in the init context, those of the first init") {
  TempFolder folder;
  folder.write("data/users.txt", std::string("a\0b\n", 4));
  ScriptWorld world(R"(
    local text = open("data/users.txt")
    if __VU == 9 then open("other.txt") end
    return { default = function() return { #text, text:byte(2) } end,
             late = function() return open("data/users.txt") end })",
                    folder.path() + "/main.lua");
  const auto first = world.vu(0);
  CHECK(world.run(*first) == "[4,0]");
  CHECK(world.run(*world.vu(1)) == "[4,0]");
  contains(world.run(*first, "late"), "only in the init context");
  contains(world.init_error(9), "other.txt");
  contains(init_error_in(folder, "open 'missing.txt'"), "missing.txt: No such file");
  contains(init_error_in(folder, "open 'data'"), "it is a folder");
}

TEST_CASE("open wants a name, and knows the mode of binary files alone") {
  const TempFolder folder;
  folder.write("a", "x");
  contains(init_error_in(folder, "open ''"), "empty filename");
  CHECK(init_error_in(folder, "assert(open('a', 'b') == open('a', nil))") == kNothing);
  for (const char* mode : {"'r'", "'rb'", "''", "5", "{}"}) {
    contains(init_error_in(folder, std::string("open('a', ") + mode + ")"), "main.lua:1: ");
  }
}

TEST_CASE("pairs lists the functions of a module, and what the VU put there") {
  const TempFolder folder;
  CHECK(run_in(folder, R"(
    local data = require "k6/data"
    data.mine = 1
    data.SharedArray = "replaced"
    return function()
      local seen, count = {}, 0
      for name, value in pairs(data) do seen[name], count = value, count + 1 end
      return { count, seen.mine, seen.SharedArray, getmetatable(data) }
    end)") == R"([2,1,"replaced",false])");
  CHECK(run_in(folder, R"(
    local names = {}
    for name in pairs(require "k6/metrics") do names[#names + 1] = name end
    table.sort(names)
    return function() return names end)") == R"(["Counter","Gauge","Rate","Trend"])");
}
