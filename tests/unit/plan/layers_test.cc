#include "plan/options.h"
#include "support/catch.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

TEST_CASE("a config file is one JSON object") {
  const auto layer = options_from_json("config file /x.json", "{\"vus\": 3}");
  REQUIRE(layer.ok());
  CHECK(layer.value().origin == "config file /x.json");
  CHECK(layer.value().values == json{{"vus", 3}});
}

TEST_CASE("errors in a config file name file and line") {
  const auto broken = options_from_json("config file /x.json", "{\n  \"vus\": 3,\n  oops\n}\n");
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == ExitCode::kInvalidConfig);
  CHECK(broken.error().message.find("config file /x.json: line 3: syntax error") == 0);
  CHECK(broken.error().message.find('\n') == std::string::npos);
  for (const char* text : {"", "[]", "5", "{} {}", "{\"a\": \"\xff\"}"}) {
    INFO(text);
    CHECK_FALSE(options_from_json("file", text).ok());
  }
}

TEST_CASE("deep nesting in a config file does not crash") {
  const std::string deep(100'000, '[');
  CHECK_FALSE(options_from_json("file", deep).ok());
}

TEST_CASE("the environment is read by k6's names") {
  const auto layer =
      options_from_environment({{"LOADRUN_VUS", "12"},
                                {"LOADRUN_DURATION", "1500"},
                                {"LOADRUN_THROW", "T"},
                                {"LOADRUN_SETUP_TIMEOUT", "1m"},
                                {"LOADRUN_TAGS", "a:1,b:x:y"},
                                {"LOADRUN_THRESHOLDS", "{\"checks\":[\"rate>0.9\"]}"},
                                {"LOADRUN_DNS", "ttl=5,select=first"},
                                {"LOADRUN_ITERATIONS", ""},
                                {"LOADRUN_CONFIG", "not an option"},
                                {"HOME", "/"}});
  REQUIRE(layer.ok());
  CHECK(layer.value().origin == "environment");
  CHECK(layer.value().values == json{{"vus", 12},
                                     {"duration", "1500"},
                                     {"throw", true},
                                     {"setupTimeout", "1m"},
                                     {"tags", {{"a", "1"}, {"b", "x:y"}}},
                                     {"thresholds", {{"checks", {"rate>0.9"}}}},
                                     {"dns", {{"ttl", "5"}, {"select", "first"}}}});
}

TEST_CASE("Go's switch against HTTP/2 is an option of the environment") {
  const auto version = [](const std::map<std::string, std::string>& environment) {
    return options_from_environment(environment).value().values.value("httpVersion", "");
  };
  CHECK(version({{"GODEBUG", "http2client=0"}}) == "1.1");
  CHECK(version({{"GODEBUG", "netdns=go,http2client=0,x=1"}}) == "1.1");
  CHECK(version({{"GODEBUG", "http2client=1"}}).empty());
  CHECK(version({{"GODEBUG", "xhttp2client=0"}}).empty());
  CHECK(version({{"GODEBUG", "http2client=0"}, {"LOADRUN_HTTP_VERSION", "auto"}}) == "auto");
}

TEST_CASE("all bad variables are reported at once") {
  const auto layer = options_from_environment({{"LOADRUN_VUS", "many"},
                                               {"LOADRUN_NO_SETUP", "perhaps"},
                                               {"LOADRUN_STAGES", "10:5"},
                                               {"LOADRUN_TAGS", "novalue"},
                                               {"LOADRUN_THRESHOLDS", "{"}});
  REQUIRE_FALSE(layer.ok());
  CHECK(layer.error().code == ExitCode::kInvalidConfig);
  CHECK(layer.error().message ==
        R"(environment: LOADRUN_VUS: "many" is not a whole number
environment: LOADRUN_STAGES: "10:5" is not a stage (expected duration:target, e.g. "30s:10"; the duration needs a unit)
environment: LOADRUN_NO_SETUP: "perhaps" is not a boolean (expected true or false)
environment: LOADRUN_THRESHOLDS: the value is not JSON
environment: LOADRUN_TAGS: "novalue" is not a tag (expected name:value,name:value))");
}

TEST_CASE("flags are read in order; some add up, of the others the last counts") {
  const auto layer = options_from_flags({{"vus", "1"},
                                         {"tag", "a=1"},
                                         {"stage", "10s:5"},
                                         {"vus", "2"},
                                         {"tag", "b=x=y"},
                                         {"stage", "1m:0"},
                                         {"blacklist-ip", "10.0.0.0/8"},
                                         {"blacklist-ip", "::1/128"},
                                         {"no-setup", ""},
                                         {"throw", "false"},
                                         {"min-iteration-duration", "1s"},
                                         {"user-agent", ""},
                                         {"summary-trend-stats", "avg,p(99)"},
                                         {"system-tags", ""}});
  REQUIRE(layer.ok());
  CHECK(layer.value().origin == "flags");
  CHECK(
      layer.value().values ==
      json{{"vus", 2},
           {"tags", {{"a", "1"}, {"b", "x=y"}}},
           {"stages", {{{"duration", "10s"}, {"target", 5}}, {{"duration", "1m"}, {"target", 0}}}},
           {"blacklistIPs", {"10.0.0.0/8", "::1/128"}},
           {"noSetup", true},
           {"throw", false},
           {"minIterationDuration", "1s"},
           {"userAgent", ""},
           {"summaryTrendStats", {"avg", "p(99)"}},
           {"systemTags", json::array()}});
}

TEST_CASE("all bad flags are reported at once") {
  const auto layer = options_from_flags(
      {{"duration", "1000"}, {"itertions", "5"}, {"tag", "=x"}, {"vus", "1.5"}, {"", "x"}});
  REQUIRE_FALSE(layer.ok());
  CHECK(layer.error().code == ExitCode::kGeneric);
  CHECK(
      layer.error().message ==
      R"(flags: --duration: invalid argument "1000": "1000" is not a duration (expected e.g. "30s", "1m30s" or "500ms")
flags: --itertions: there is no such option (did you mean "iterations"?)
flags: --tag: invalid argument "=x": invalid tag, empty name in "=x" (expected name=value)
flags: --vus: invalid argument "1.5": "1.5" is not a whole number
flags: --: there is no such option)");
}

}  // namespace
}  // namespace loadrun::plan
