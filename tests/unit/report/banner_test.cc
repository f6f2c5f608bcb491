#include "report/banner.h"

#include "support/catch.h"

namespace loadrun::report {
namespace {

plan::Scenario looping(const char* name) {
  plan::Scenario scenario;
  scenario.name = name;
  scenario.executor = plan::ConstantVus{.vus = 10, .duration = 30s};
  return scenario;
}

TEST_CASE("the banner says what will run, with how many workers and which seed") {
  plan::Plan plan;
  plan.scenarios = {looping("default")};
  CHECK(render_banner(
            {.script = "script.js", .outputs = {}, .plan = plan, .workers = 2, .seed = 42}) ==
        "  execution: local\n"
        "     script: script.js\n"
        "    workers: 2, seed: 42\n"
        "     output: -\n"
        "\n"
        "  scenarios: (100.00%) 1 scenario, 10 max VUs, 1m0s max duration (incl. graceful stop):\n"
        "           * default: 10 looping VUs for 30s (gracefulStop: 30s)\n"
        "\n");
}

TEST_CASE("the banner lists every output and scenario") {
  plan::Plan plan;
  plan.scenarios = {looping("browse"), looping("buy")};
  const std::string text = render_banner(
      {.script = "-", .outputs = {"json(stdout)", "csv (file.csv)"}, .plan = plan, .seed = 1});
  CHECK(text.find("     output: json(stdout), csv (file.csv)\n") != std::string::npos);
  CHECK(text.find("(100.00%) 2 scenarios, 20 max VUs") != std::string::npos);
  CHECK(text.find("           * buy: 10 looping VUs") != std::string::npos);
}

TEST_CASE("the banner of an instance has its part, and no scenario without VUs") {
  const auto segment = plan::ExecutionSegment::parse("2/3:1").value();
  plan::Plan plan;
  plan.tuple =
      plan::ExecutionTuple::create(segment, plan::parse_sequence("0,1/3,2/3,1").value()).value();
  plan.scenarios = {looping("browse"), looping("single")};
  plan.scenarios[1].executor = plan::ConstantVus{.vus = 1, .duration = 30s};
  for (plan::Scenario& scenario : plan.scenarios) scenario.tuple = plan.tuple;
  const std::string text = render_banner({.script = "-", .outputs = {}, .plan = plan, .seed = 1});
  CHECK(text.find("  scenarios: (33.33%) 1 scenario, 3 max VUs, 1m0s max duration (incl. graceful "
                  "stop):\n           * browse: 3 looping VUs for 30s (gracefulStop: 30s)\n\n") !=
        std::string::npos);
}

}  // namespace
}  // namespace loadrun::report
