// Bodies that responses take over instead of copying them.
#include "script/large_body.h"

#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

constexpr std::size_t kBody = 4 * script::kLargeBody;

std::string json_body() {
  return R"({"pad":")" + std::string(kBody, 'x') + R"(","n":[1,{"deep":true}]})";
}

/// An iteration of `requests` requests, each answered with `body`; what it returned as JSON. Notes
/// the most memory that the state held.
std::string answer_all(ScriptWorld& world, script::VuScript& vu, int requests,
                       const std::string& body, std::size_t& most) {
  script::Outcome outcome = vu.start("default", script::Stage::kIteration);
  for (int i = 0; i < requests; ++i) {
    REQUIRE(outcome == script::Outcome::kSuspended);
    net::HttpResult result = response(200, body);
    outcome = vu.resume(vu.main_task(), result);
    most = std::max(most, world.runtime->memory().used());
  }
  INFO(vu.error());
  REQUIRE(outcome == script::Outcome::kFinished);
  return vu.returned_json().value();
}

}  // namespace

TEST_CASE("a large body is taken over, and read like any other") {
  ScriptWorld world(script_of(R"(
    local res = http.get("http://h/")
    local first = res:json("n.0")
    return { first, res:json("n.1.deep"), #res:json().pad, #res.body, res.body == res.body, res.body:sub(-4) })"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", script::Stage::kIteration) == script::Outcome::kSuspended);
  net::HttpResult result = response(200, json_body());
  const std::size_t size = result.body.size();
  const auto outcome = vu->resume(vu->main_task(), result);
  CHECK(result.body.size() < size);
  CHECK(world.finish(*vu, outcome) ==
        "[1,true," + std::to_string(kBody) + "," + std::to_string(size) + R"(,true,"e}]}"])");
}

TEST_CASE("the collector sees what large bodies hold") {
  ScriptWorld world(script_of("for _ = 1, 100 do http.get('http://h/') end return true"));
  const auto vu = world.vu();
  std::size_t most = 0;
  CHECK(answer_all(world, *vu, 100, std::string(kBody, 'x'), most) == "true");
  CHECK(most > kBody);
  CHECK(most < 8 * kBody);  // of 100
  lua_gc(world.runtime->state(), LUA_GCCOLLECT, 0);
  CHECK(world.runtime->memory().used() < kBody);
}

TEST_CASE("large bodies that a script keeps count against its limit, and end with it") {
  ScriptWorld world(
      script_of("kept = {}\nfor i = 1, 5 do kept[i] = http.get('http://h/') end\n"
                "return #kept[3].body"));
  const auto vu = world.vu();
  std::size_t most = 0;
  CHECK(answer_all(world, *vu, 5, std::string(kBody, 'x'), most) == std::to_string(kBody));
  lua_gc(world.runtime->state(), LUA_GCCOLLECT, 0);
  CHECK(world.runtime->memory().used() > 5 * kBody);
}
