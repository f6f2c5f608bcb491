#include "base/log.h"
#include "script_world.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;
using script::Outcome;
using script::Stage;

namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What console writes of the Lua expressions `values`, where `res` is the response `result`.
std::string shown(const std::string& values, net::HttpResult result) {
  const TempFolder folder;
  const std::string path = folder.path() + "/console.txt";
  REQUIRE(
      configure_log({.output = "none", .console_output = path, .format = LogFormat::kRaw}).ok());
  ScriptWorld world(script_of("local res = http.get('http://h/')\nconsole.log(" + values + ")"));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", Stage::kIteration) == Outcome::kSuspended);
  world.host.calls.clear();
  CHECK(world.finish(*vu, vu->resume(vu->main_task(), result)) == kNothing);
  REQUIRE(configure_log({}).ok());
  return read(path);
}

}  // namespace

TEST_CASE("console shows a response as a table of its fields") {
  const std::string text = shown("res", response(201, "hello", {{"X-A", "1"}}));
  CHECK(text.starts_with(
      "{ body = \"hello\", cookies = {}, error = \"\", error_code = 0, headers = { "
      "[\"X-A\"] = \"1\" }, ocsp = { next_update = 0, produced_at = 0, "));
  for (const char* field :
       {"status = 201", "request = { body = \"\", cookies = {}, headers = {}, method = \"GET\", ",
        "timings = { blocked = 0, ", "url = \"http://h/\" }\n"}) {
    INFO(text);
    CHECK(text.find(field) != std::string::npos);
  }
  CHECK(text.find("json") == std::string::npos);
  CHECK(shown("{ r = res }", response(201, "")).starts_with("{ r = { body = \"\", "));
  net::HttpResult failed;
  failed.exchanges.emplace_back();
  CHECK(shown("res", failed).find(", body = ") == std::string::npos);
}

TEST_CASE("console lists what a module has") {
  const std::string text = shown("require 'k6/data'", response(200, ""));
  INFO(text);
  CHECK(text.starts_with("{ SharedArray = function: "));
  CHECK(text.find("__") == std::string::npos);
}
