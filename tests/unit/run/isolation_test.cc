#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temp_folder.h"
#include "test_run.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

constexpr int kVus = 2;
constexpr int kIterations = 5;

constexpr std::string_view kModule = R"(
local module = { count = 0 }
function module.bump()
  module.count = module.count + 1
  return module.count
end
return module
)";

/// Two VUs do the same to whatever could be shared. `kept` counts what stayed the VU's own, `lost`
/// what did not; `draws_N` and `late_N` sum up the random numbers of VU N.
constexpr std::string_view kScript = R"(
local k6, http, metrics = require "k6", require "k6/http", require "k6/metrics"
local module = require "@MODULE@"
local kept, lost = metrics.Counter("kept"), metrics.Counter("lost")
local draws, late = {}, {}
for vu = 1, 2 do
  draws[vu], late[vu] = metrics.Counter("draws_" .. vu), metrics.Counter("late_" .. vu)
end

local mine = "vu " .. __VU
local iterations = 0

function string.trim(s) return (s:gsub("%s+$", "")) .. mine end
function string.upper() return mine end
function table.mine() return mine end
function os.mine() return mine end
function coroutine.mine() return mine end
math.pi = __VU
http.mine = mine
console.mine = mine
GLOBAL = mine

local function own(name, is_own)
  (is_own and kept or lost):add(1)
  if not is_own then error(mine .. " shares " .. name) end
end

local function look(data)
  own("a function of string", ("x "):trim() == "x" .. mine and string.trim("x") == "x" .. mine)
  own("a replaced function of string", string.upper("x") == mine)
  own("a string method", ("x"):upper() == "X")
  own("table, os and coroutine", table.mine() .. os.mine() .. coroutine.mine() == mine:rep(3))
  own("math", math.pi == __VU)
  own("a module of the library", http.mine == mine and require("k6/http").mine == mine)
  own("console", console.mine == mine)
  own("a global", GLOBAL == mine and _G.GLOBAL == mine)
  own("__ENV", __ENV.MINE == mine)
  local cookies = http.cookieJar():cookiesForURL("http://h/")
  own("the cookies", #cookies.mine == 1 and cookies.mine[1] == mine)
  own("the setup data", data.count == __ITER + 1 and data.list[#data.list] == mine and #data.list == __ITER + 2)
end

local function change(data)
  __ENV.MINE = mine
  data.count = data.count + 1
  data.list[#data.list + 1] = mine
  iterations = iterations + 1
end

return {
  options = { scenarios = { both = { executor = "per-vu-iterations", vus = 2, iterations = 5 } } },
  setup = function()
    string.trim = nil
    GLOBAL = "of setup"
    http.cookieJar():set("http://h/", "setup", "1")
    return { count = 0, list = { "of setup" } }
  end,
  default = function(data)
    own("the setup data of others", data.list[1] == "of setup" and data.count == __ITER)
    own("cookies of others", next(http.cookieJar():cookiesForURL("http://h/")) == nil)
  http.cookieJar():set("http://h/", "mine", mine)
  own("__ENV of others", __ENV.MINE == (__ITER > 0 and mine or nil))
    change(data)
    draws[__VU]:add(math.random(1e6))
    own("a module of the script", module.bump() == iterations)
    k6.sleep(0.001 * __VU)
    late[__VU]:add(math.random(1e6))
    look(data)
    own("an upvalue", iterations == __ITER + 1 and module.count == iterations)
    own("the metatable of strings", type(getmetatable("")) == "string" and not pcall(setmetatable, "", {}))
  end,
}
)";

std::string script_with_module(const TempFolder& folder) {
  const std::string path = folder.write("module.lua", kModule);
  std::string script(kScript);
  constexpr std::string_view kPlace = "@MODULE@";
  return script.replace(script.find(kPlace), kPlace.size(), path);
}

/// What a run came to.
std::vector<double> results_of(const std::string& script, std::uint32_t workers) {
  TestRun test(script, workers);
  CHECK(test.run().code == ExitCode::kOk);
  std::vector<double> results;
  for (const char* counter :
       {"lost", "kept", "iterations", "draws_1", "draws_2", "late_1", "late_2"}) {
    results.push_back(test.count(counter));
  }
  return results;
}

}  // namespace

TEST_CASE("VUs share nothing, and neither do runs: twice on one worker and twice on two") {
  const TempFolder folder;
  const std::string script = script_with_module(folder);
  const std::vector<double> first = results_of(script, 1);
  constexpr int kLooks = 17;
  CHECK(first[0] == 0);
  CHECK(first[1] == kLooks * kVus * kIterations);
  CHECK(first[2] == kVus * kIterations);
  CHECK(first[3] != first[4]);
  CHECK(first[5] != first[6]);
  CHECK(results_of(script, 1) == first);
  CHECK(results_of(script, 2) == first);
  CHECK(results_of(script, 2) == first);
}
