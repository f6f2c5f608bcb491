#include "plan/options_json.h"

#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::plan_of;

json written(const json& options) { return json::parse(options_json(plan_of(options))); }

json scenario(const json& options) {
  return written({{"scenarios", {{"s", options}}}}).at("scenarios").at("s");
}

TEST_CASE("what is off or empty is left out, defaults are in") {
  const json options = written(json::object());
  for (const char* absent :
       {"paused", "noSetup", "noTeardown", "throw", "thresholds", "noConnectionReuse",
        "noVUConnectionReuse", "noCookiesReset", "minIterationDuration", "summaryTimeUnit", "tags",
        "discardResponseBodies", "insecureSkipTLSVerify", "httpVersion", "vus", "rps"}) {
    INFO(absent);
    CHECK_FALSE(options.contains(absent));
  }
  CHECK(options.at("setupTimeout") == "1m0s");
  CHECK(options.at("teardownTimeout") == "1m0s");
  CHECK(options.at("handleSummaryTimeout") == "2m0s");
  CHECK(options.at("maxRedirects") == 10);
  CHECK(options.at("dns") == json{{"ttl", "5m"}, {"select", "random"}, {"policy", "preferIPv4"}});
  CHECK(options.at("systemTags").size() == 14);
  CHECK(options.at("summaryTrendStats").at(0) == "avg");
}

TEST_CASE("written options say what was set, and read back the same") {
  const json given = {{"paused", true},
                      {"noSetup", true},
                      {"noTeardown", true},
                      {"rps", 50},
                      {"setupTimeout", "5s"},
                      {"teardownTimeout", "1.5s"},
                      {"handleSummaryTimeout", "3s"},
                      {"minIterationDuration", "2s"},
                      {"insecureSkipTLSVerify", true},
                      {"httpVersion", "2"},
                      {"discardResponseBodies", true},
                      {"noConnectionReuse", true},
                      {"noVUConnectionReuse", true},
                      {"noCookiesReset", true},
                      {"throw", true},
                      {"maxDecompressedBody", 5000},
                      {"maxRedirects", 3},
                      {"userAgent", ""},
                      {"summaryTimeUnit", "ms"},
                      {"summaryTrendStats", {"p(99)"}},
                      {"systemTags", {"ip", "url"}},
                      {"tags", {{"a", "1"}}},
                      {"thresholds", {{"checks", {"rate>0.9"}}}}};
  const json options = written(given);
  for (const auto& [name, value] : given.items()) {
    INFO(name);
    CHECK(options.at(name) == value);
  }
  CHECK(written(options) == options);
}

TEST_CASE("scenarios have all their fields") {
  const json base = {{"startTime", "0s"},
                     {"gracefulStop", "30s"},
                     {"env", json::object()},
                     {"exec", "default"},
                     {"tags", json::object()}};
  const auto with = [&base](json own) {
    own.update(base);
    return own;
  };
  CHECK(scenario({{"executor", "constant-vus"}, {"duration", "90s"}, {"vus", 2}}) ==
        with({{"executor", "constant-vus"}, {"vus", 2}, {"duration", "1m30s"}}));
  const json stages = {{{"duration", "10s"}, {"target", 5}}, {{"duration", "0s"}, {"target", 0}}};
  CHECK(scenario({{"executor", "ramping-vus"}, {"stages", stages}, {"startVUs", 3}}) ==
        with({{"executor", "ramping-vus"},
              {"startVUs", 3},
              {"stages", stages},
              {"gracefulRampDown", "30s"}}));
  for (const char* executor : {"shared-iterations", "per-vu-iterations"}) {
    CHECK(scenario({{"executor", executor}, {"vus", 2}, {"iterations", 7}}) ==
          with({{"executor", executor}, {"vus", 2}, {"iterations", 7}, {"maxDuration", "10m0s"}}));
  }
  CHECK(scenario({{"executor", "constant-arrival-rate"},
                  {"rate", 10},
                  {"duration", "1m"},
                  {"preAllocatedVUs", 4}}) == with({{"executor", "constant-arrival-rate"},
                                                    {"rate", 10},
                                                    {"timeUnit", "1s"},
                                                    {"duration", "1m0s"},
                                                    {"preAllocatedVUs", 4},
                                                    {"maxVUs", 4}}));
  CHECK(scenario({{"executor", "ramping-arrival-rate"},
                  {"startRate", 1},
                  {"timeUnit", "1m"},
                  {"stages", stages},
                  {"preAllocatedVUs", 4},
                  {"maxVUs", 9}}) == with({{"executor", "ramping-arrival-rate"},
                                           {"startRate", 1},
                                           {"timeUnit", "1m0s"},
                                           {"stages", stages},
                                           {"preAllocatedVUs", 4},
                                           {"maxVUs", 9}}));
}

TEST_CASE("a scenario's own environment, tags and function") {
  const json given = {{"executor", "constant-vus"}, {"duration", "1s"},  {"env", {{"A", "1"}}},
                      {"tags", {{"t", "2"}}},       {"startTime", "5s"}, {"gracefulStop", "0s"}};
  const json actual = scenario(given);
  for (const auto& [name, value] : given.items()) CHECK(actual.at(name) == value);
}

TEST_CASE("shortcuts are written as the scenario they stand for") {
  const json scenarios = written({{"vus", 3}, {"iterations", 6}}).at("scenarios");
  REQUIRE(scenarios.size() == 1);
  CHECK(scenarios.at("default").at("executor") == "shared-iterations");
  CHECK(scenarios.at("default").at("iterations") == 6);
}

TEST_CASE("a threshold is an object only when it can end the test") {
  const json thresholds = {
      {"http_reqs", json::array()},
      {"checks",
       {{{"threshold", "rate>0.9"}, {"delayAbortEval", "5s"}},
        {{"threshold", "rate>0.8"}, {"abortOnFail", true}},
        {{"threshold", "rate>0.7"}, {"abortOnFail", true}, {"delayAbortEval", "90s"}}}}};
  CHECK(written({{"thresholds", thresholds}}).at("thresholds") ==
        json{{"http_reqs", json::array()},
             {"checks",
              {"rate>0.9",
               {{"threshold", "rate>0.8"}, {"abortOnFail", true}, {"delayAbortEval", nullptr}},
               {{"threshold", "rate>0.7"}, {"abortOnFail", true}, {"delayAbortEval", "1m30s"}}}}});
}

TEST_CASE("windows of thresholds and metrics left out are written") {
  const json thresholds = {
      {"checks",
       {{{"threshold", "rate>0.9"}, {"window", "90s"}},
        {{"threshold", "rate>0.8"}, {"abortOnFail", true}, {"after", "10s"}, {"window", 5000}}}}};
  const json all = written({{"thresholds", thresholds}, {"noMetrics", {"vus", "http_reqs"}}});
  CHECK(all.at("thresholds").at("checks") == json{{{"threshold", "rate>0.9"}, {"window", "1m30s"}},
                                                  {{"threshold", "rate>0.8"},
                                                   {"abortOnFail", true},
                                                   {"delayAbortEval", nullptr},
                                                   {"window", "5s"},
                                                   {"after", "10s"}}});
  CHECK(all.at("noMetrics") == json{"http_reqs", "vus"});
  CHECK_FALSE(written(json::object()).contains("noMetrics"));
}

TEST_CASE("text that is no UTF-8 is still written as JSON") {
  Plan plan = plan_of(json::object());
  plan.tags = {{"a", "\xff"}};
  CHECK(json::parse(options_json(plan)).at("tags").at("a") == "\xef\xbf\xbd");
}

}  // namespace
}  // namespace loadrun::plan
