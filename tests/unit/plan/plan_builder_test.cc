#include "plan/plan_builder.h"

#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using test::error_of;
using test::plan_of;
using test::script;

TEST_CASE("without options there are the defaults") {
  const Plan plan = plan_of(nlohmann::json::object());
  CHECK(plan.user_agent.starts_with("loadrun/"));
  CHECK(plan.max_redirects == 10);
  CHECK(plan.setup_timeout == 60s);
  CHECK(plan.teardown_timeout == 60s);
  CHECK(plan.handle_summary_timeout == 120s);
  CHECK(plan.min_iteration_duration == 0s);
  CHECK_FALSE(plan.paused);
  CHECK_FALSE(plan.no_setup);
  CHECK_FALSE(plan.throw_errors);
  CHECK(plan.summary_time_unit.empty());
  CHECK(plan.system_tags.size() == 14);
  CHECK(plan.warnings.empty());
}

TEST_CASE("options reach the plan") {
  const Plan plan = plan_of({{"userAgent", ""},
                             {"maxRedirects", 3.0},
                             {"paused", true},
                             {"noSetup", true},
                             {"noTeardown", true},
                             {"setupTimeout", "5s"},
                             {"teardownTimeout", 1500},
                             {"handleSummaryTimeout", "3s"},
                             {"minIterationDuration", "2s"},
                             {"insecureSkipTLSVerify", true},
                             {"httpVersion", "1.1"},
                             {"discardResponseBodies", true},
                             {"noConnectionReuse", true},
                             {"noVUConnectionReuse", true},
                             {"noCookiesReset", true},
                             {"throw", true},
                             {"summaryTimeUnit", "ms"},
                             {"tags", {{"b", "2"}, {"a", "1"}}}});
  CHECK(plan.user_agent.empty());
  CHECK(plan.max_redirects == 3);
  CHECK(plan.paused);
  CHECK(plan.no_setup);
  CHECK(plan.no_teardown);
  CHECK(plan.setup_timeout == 5s);
  CHECK(plan.teardown_timeout == 1500ms);
  CHECK(plan.handle_summary_timeout == 3s);
  CHECK(plan.min_iteration_duration == 2s);
  CHECK(plan.insecure_skip_tls_verify);
  CHECK(plan.http_version == HttpVersion::k1);
  CHECK(plan.discard_response_bodies);
  CHECK(plan.no_connection_reuse);
  CHECK(plan.no_vu_connection_reuse);
  CHECK(plan.no_cookies_reset);
  CHECK(plan.throw_errors);
  CHECK(plan.summary_time_unit == "ms");
  CHECK(plan.tags == metrics::Tags{{"a", "1"}, {"b", "2"}});
  CHECK(plan.warnings.empty());
}

TEST_CASE("a higher layer wins option by option") {
  const auto plan = resolve({{"config file", {{"maxRedirects", 1}, {"userAgent", "file"}}},
                             script({{"maxRedirects", 2}}),
                             {"flags", {{"throw", true}, {"userAgent", nullptr}}}},
                            {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().max_redirects == 2);
  CHECK(plan.value().user_agent == "file");
  CHECK(plan.value().throw_errors);
}

TEST_CASE("a false in a higher layer is not nothing") {
  const auto plan =
      resolve({script({{"throw", true}}), {"flags", {{"throw", false}}}}, {"default"});
  REQUIRE(plan.ok());
  CHECK_FALSE(plan.value().throw_errors);
}

TEST_CASE("all errors are reported at once, each with layer, option and what was expected") {
  const auto plan = resolve(
      {{"config file /x.json", {{"noSetup", "yes"}}},
       script({{"duration", "10 parsecs"},
               {"maxRedirects", -1},
               {"tags", {{"build", 5}}},
               {"setupTimeout", true},
               {"thresholds", {{"checks", {"rate>0.9", 5}}, {"http_reqs", "count>1"}}}}),
       {"flags",
        {{"vus", -1}, {"summaryTrendStats", {"avg", "p(101)"}}, {"dns", {{"select", "best"}}}}}},
      {"default"});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kInvalidConfig);
  CHECK(plan.error().message ==
        R"text(config file /x.json: noSetup: "yes" is not a boolean (expected true or false)
script options: duration: "10 parsecs" is not a duration (expected e.g. "30s", "1m30s" or a number of milliseconds)
script options: setupTimeout: true is not a duration (expected e.g. "30s", "1m30s" or a number of milliseconds)
script options: thresholds.checks[1]: 5 is not a threshold (expected e.g. "p(95)<500")
script options: thresholds.http_reqs: "count>1" is not a list
script options: maxRedirects: -1 is too small (expected a whole number of at least 0)
script options: tags.build: 5 is not a string
flags: dns.select: "best" is none of first, random, roundRobin
flags: summaryTrendStats: "p(101)" is not a statistic of a trend (expected avg, min, med, max, count or p(N) with N from 0 to 100)
flags: vus: -1 is too small (expected a whole number of at least 1))text");
}

TEST_CASE("unknown options are warned of, with a guess") {
  const Plan plan = plan_of({{"vuss", 3}, {"discardresponsebodies", true}, {"frobnicate", 1}});
  REQUIRE(plan.warnings.size() == 3);
  CHECK(plan.warnings[0] ==
        "script options: there is no option \"discardresponsebodies\"; it has no effect (did you "
        "mean "
        "\"discardResponseBodies\"?)");
  CHECK(plan.warnings[1] == "script options: there is no option \"frobnicate\"; it has no effect");
  CHECK(plan.warnings[2] ==
        "script options: there is no option \"vuss\"; it has no effect (did you mean \"vus\"?)");
}

TEST_CASE("options that only k6 has are warned of once") {
  const nlohmann::json buffer = {{"metricSamplesBufferSize", 5}};
  const auto plan = resolve({script(buffer), {"flags", buffer}}, {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().warnings ==
        std::vector<std::string>{
            "option \"metricSamplesBufferSize\" is known to k6 but not supported by this version "
            "of loadrun; it has no effect"});
}

TEST_CASE("dns is merged field by field and checked") {
  const auto plan = resolve({script({{"dns", {{"ttl", 500}, {"select", "first"}}}}),
                             {"flags", {{"dns", {{"policy", "any"}}}}}},
                            {"default"});
  REQUIRE(plan.ok());
  CHECK(plan.value().dns.ttl == "500");
  CHECK(plan.value().dns.select == "first");
  CHECK(plan.value().dns.policy == "any");
  CHECK(plan.value().warnings.empty());
  CHECK(error_of({{"dns", {{"ttl", "soon"}}}}).find("script options: dns.ttl: \"soon\"") == 0);
  CHECK(error_of({{"dns", {{"tll", "1s"}}}}).find("did you mean \"ttl\"?") != std::string::npos);
}

TEST_CASE("system tags that do not exist are warned of and left out") {
  const Plan plan = plan_of({{"systemTags", {"url", "ip", "urll", "url"}}});
  CHECK(plan.system_tags == std::vector<std::string>{"ip", "url"});
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].find("no system tag \"urll\" (did you mean \"url\"?)") !=
        std::string::npos);
}

TEST_CASE("thresholds are lists of expressions, sorted by metric") {
  const Plan plan =
      plan_of({{"thresholds",
                {{"http_reqs",
                  {{{"threshold", "count>1"}, {"abortOnFail", true}, {"delayAbortEval", "10s"}}}},
                 {"checks", {"rate>0.9", "rate>0.8"}},
                 {"empty", nlohmann::json::object()}}}});
  REQUIRE(plan.thresholds.size() == 3);
  CHECK(plan.thresholds[0].key == "checks");
  CHECK(plan.thresholds[0].specs.size() == 2);
  CHECK(plan.thresholds[1].specs.empty());
  REQUIRE(plan.thresholds[2].specs.size() == 1);
  CHECK(plan.thresholds[2].specs[0].source == "count>1");
  CHECK(plan.thresholds[2].specs[0].abort_on_fail);
  CHECK(plan.thresholds[2].specs[0].delay_abort_eval == 10s);
  CHECK(error_of({{"thresholds", {{"checks", {{{"abortOnFail", true}}}}}}})
            .find("thresholds.checks[0].threshold: is required") != std::string::npos);
}

nlohmann::json threshold_with(const char* field, const nlohmann::json& value) {
  return {{"thresholds", {{"checks", {{{"threshold", "rate>0.9"}, {field, value}}}}}}};
}

TEST_CASE("a threshold's window and what it leaves out are whole seconds") {
  const Plan plan =
      plan_of({{"thresholds",
                {{"checks", {{{"threshold", "rate>0.9"}, {"window", "1m"}, {"after", 10000}}}}}}});
  CHECK(plan.thresholds[0].specs[0].window == 60s);
  CHECK(plan.thresholds[0].specs[0].after == 10s);
  for (const nlohmann::json& bad :
       {nlohmann::json("500ms"), nlohmann::json("1.5s"), nlohmann::json("0s"),
        nlohmann::json("-5s"), nlohmann::json("61m")}) {
    INFO(bad);
    CHECK_THAT(error_of(threshold_with("window", bad)),
               Catch::Contains("thresholds.checks[0].window: ") &&
                   Catch::Contains("is not a whole number of seconds from 1s to 1h0m0s"));
  }
  CHECK_THAT(error_of(threshold_with("after", "0s")),
             Catch::Contains("checks[0].after: 0s is not"));
  CHECK_THAT(error_of(threshold_with("window", "soon")), Catch::Contains("checks[0].window"));
  CHECK_THAT(error_of(threshold_with("window", {1})), Catch::Contains("checks[0].window"));
}

TEST_CASE("a field that thresholds do not have is an error with a suggestion") {
  const std::string error = error_of(threshold_with("windw", "5s"));
  CHECK_THAT(error,
             Catch::Contains("thresholds.checks[0].windw: a threshold has no such field (did "
                             "you mean \"window\"?)"));
}

TEST_CASE("built-in metrics can be left out, by their names") {
  CHECK(plan_of({{"noMetrics", {"vus", "http_reqs", "vus"}}}).no_metrics ==
        std::vector<std::string>{"http_reqs", "vus"});
  CHECK(plan_of({{"noMetrics", nlohmann::json::array()}}).no_metrics.empty());
  CHECK(error_of({{"noMetrics", {"http_req"}}}) ==
        "script options: noMetrics: there is no built-in metric \"http_req\" (did you mean "
        "\"http_reqs\"?)");
}

TEST_CASE("every function that a scenario runs has to be exported") {
  const auto layer = script({{"scenarios",
                              {{"a", {{"executor", "shared-iterations"}, {"exec", "buy"}}},
                               {"b", {{"executor", "shared-iterations"}, {"exec", "sell"}}}}}});
  CHECK(resolve({layer}, {"buy", "sell"}).ok());
  const auto plan = resolve({layer}, {"buy", "look"});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message ==
        "executor b: function 'sell' not found in exports (the script exports buy, look)");
  const auto no_default = resolve({}, {"foo"});
  REQUIRE_FALSE(no_default.ok());
  CHECK(no_default.error().code == ExitCode::kInvalidConfig);
  CHECK(no_default.error().message.find(
            "executor default: function 'default' not found in exports") == 0);
}

TEST_CASE("a script has to export something") {
  const auto plan = resolve({}, {});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().code == ExitCode::kGeneric);
  CHECK(plan.error().message == "no exported functions in script");
}

TEST_CASE("options have to be an object") {
  const auto plan = resolve({script(nlohmann::json::array({1}))}, {"default"});
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().message == "script options: [1] is not an object of options");
}

}  // namespace
}  // namespace loadrun::plan
