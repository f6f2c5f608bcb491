#include "script/embedded_lua.h"
#include "script/lua_support.h"
#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

std::string result_with_utils(const std::string& code) {
  return result_of(code, "local utils = require 'k6-utils'");
}

/// An engine in which the scenario `mine` started `elapsed` ms ago, with natives as far as the
/// module needs them.
constexpr std::string_view kFakeEngine = R"(
  local elapsed, start, stages = ...
  exec = {
    test = { options = { scenarios = { mine = { startVUs = start, stages = stages } } } },
    scenario = { name = "mine" },
    vu = { metrics = { tags = {} } },
  }
  native = {
    scenario_elapsed = function() return elapsed end,
    parse_duration = function(text) return tonumber(text) end,
    require_library = function(name) return name == "k6" and { check = print } or exec end,
  })";

std::string_view utils_source() {
  for (const script::EmbeddedFile& file : script::embedded_lua()) {
    if (file.path == "k6-utils.lua") return file.source;
  }
  return {};
}

/// What `code` returns in that engine, with the module as `utils`.
std::string in_fake_engine(int elapsed, const std::string& stages, const std::string& code) {
  const script::LuaState state(luaL_newstate());
  lua_State* L = state.get();
  luaL_openlibs(L);
  const std::string script = "local engine, source = ...\nassert(loadstring(engine))(" +
                             std::to_string(elapsed) + ", 5, " + stages +
                             ")\nlocal utils = assert(loadstring(source))(native)\n" + code;
  REQUIRE(luaL_loadstring(L, script.c_str()) == 0);
  script::push_view(L, kFakeEngine);
  script::push_view(L, utils_source());
  const bool failed = lua_pcall(L, 2, 1, 0) != 0;
  return (failed ? "error: " : "") + std::string(script::string_at(L, -1));
}

constexpr const char* kStages =
    "{ { duration = '100', target = 10 }, { duration = '0', target = 3 }, "
    "{ duration = '200', target = 3 }, { duration = '100', target = 0 } }";

}  // namespace

TEST_CASE("utils.check is k6's check") {
  ScriptWorld world(script_of("return utils.check(1, { one = 1, two = false }, { t = 'x' })",
                              "local utils = require 'k6-utils'"));
  CHECK(world.run(*world.vu()) == "false");
  const auto samples = world.host.measured.take("checks");
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].tags == metrics::Tags{{"check", "one"}, {"group", ""}, {"t", "x"}});
  CHECK(samples[1].tags == metrics::Tags{{"check", "two"}, {"group", ""}, {"t", "x"}});
}

TEST_CASE("utils.parseDuration gives milliseconds") {
  CHECK(result_with_utils("return { utils.parseDuration('1m30s'), utils.parseDuration('1d2h'), "
                          "utils.parseDuration('1.5s'), utils.parseDuration('250') }") ==
        "[90000,93600000,1500,250]");
  for (const char* bad : {"''", "'10 parsecs'", "'s'", "{}", "nil", "true"}) {
    INFO(bad);
    CHECK(result_with_utils(std::string("return (pcall(utils.parseDuration, ") + bad + "))") ==
          "false");
  }
}

TEST_CASE("utils.normalDistributionStages is a bell of stages") {
  CHECK(result_with_utils("local d, t = {}, {}\n"
                          "for i, s in ipairs(utils.normalDistributionStages(100, 60)) do "
                          "d[i], t[i] = s.duration, s.target end return { d, t }") ==
        R"([["6s","6s","6s","6s","6s","6s","6s","6s","6s","6s"],[6,20,49,84,100,84,49,20,6,0]])");
  CHECK(result_with_utils("local t = {}\n"
                          "for i, s in ipairs(utils.normalDistributionStages(7, 1, 3)) do "
                          "t[i] = s.duration .. '/' .. s.target end return t") ==
        R"(["0.333333s/7","0.333333s/2","0.333333s/0"])");
  CHECK(result_with_utils("return (pcall(utils.normalDistributionStages, 1, 1, 1))") == "false");
}

TEST_CASE("the current stage is found by the time since the scenario's start") {
  const auto index = [](int elapsed) {
    return in_fake_engine(elapsed, kStages, "return tostring(utils.getCurrentStageIndex())");
  };
  CHECK(index(0) == "0");
  CHECK(index(99) == "0");
  CHECK(index(100) == "2");  // a stage of no length is over at once
  CHECK(index(299) == "2");
  CHECK(index(300) == "3");
  CHECK(index(5000) == "3");
  CHECK(in_fake_engine(0, "nil", "return utils.getCurrentStageIndex()")
            .find("scenario mine has no stages") != std::string::npos);
}

TEST_CASE("samples are tagged with the current stage") {
  const auto tags = [](int elapsed) {
    return in_fake_engine(elapsed, kStages,
                          "utils.tagWithCurrentStageIndex() utils.tagWithCurrentStageProfile()\n"
                          "local tags = exec.vu.metrics.tags return tags.stage .. ' ' .. "
                          "tags.stage_profile");
  };
  CHECK(tags(0) == "0 ramp-up");
  CHECK(tags(150) == "2 steady");
  CHECK(tags(350) == "3 ramp-down");
}
