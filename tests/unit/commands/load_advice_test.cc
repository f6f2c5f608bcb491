#include "commands/load_advice.h"

#include <nlohmann/json.hpp>

#include "commands/calibration_text.h"
#include "plan/options.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::commands;
using nlohmann::json;

namespace {

const outputs::Machine kHere{"Model A", 4, 1ULL << 30, "Linux"};

CalibrationFile trusting(std::int64_t rate) {
  Calibration calibration;
  calibration.machine = kHere;
  calibration.workers = 4;
  calibration.trusted_rate = rate;
  return {"machine.json", calibration};
}

plan::Plan plan_of(const json& options) {
  auto plan = plan::resolve({{"script options", options}}, {"default"});
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

plan::Plan arrivals(int rate, json options = json::object()) {
  options["scenarios"]["peak"] = {{"executor", "constant-arrival-rate"},
                                  {"rate", rate},
                                  {"duration", "10s"},
                                  {"preAllocatedVUs", 10}};
  return plan_of(options);
}

std::vector<std::string> warnings_of(const plan::Plan& plan, std::int64_t trusted,
                                     std::int64_t workers = 4) {
  return load_warnings(plan, trusting(trusted), kHere, workers);
}

}  // namespace

TEST_CASE("a rate beyond the trusted one is warned of, with figures") {
  CHECK(warnings_of(arrivals(21'000), 21'000).empty());
  const auto warnings = warnings_of(arrivals(30'000), 21'000);
  REQUIRE(warnings.size() == 1);
  CHECK(
      warnings[0].starts_with("the plan starts up to 30,000 iterations/s, with at least one "
                              "request each; with 4 workers this machine was calibrated for "
                              "21,000 requests/s (machine.json): "));
}

TEST_CASE("fewer workers than calibrated are trusted with less, more with no more") {
  CHECK(warnings_of(arrivals(10'000), 20'000, 2).empty());
  CHECK(warnings_of(arrivals(10'001), 20'000, 2).size() == 1);
  CHECK(warnings_of(arrivals(20'000), 20'000, 8).empty());
  CHECK(warnings_of(arrivals(20'001), 20'000, 8).size() == 1);
}

TEST_CASE("a machine that is trusted with nothing is warned of at any rate") {
  CHECK(warnings_of(arrivals(1), 0).size() == 1);
}

TEST_CASE("rps keeps what is asked for in bounds") {
  CHECK(warnings_of(arrivals(30'000, {{"rps", 20'000}}), 21'000).empty());
  CHECK(warnings_of(arrivals(30'000, {{"rps", 22'000}}), 21'000).size() == 1);
}

TEST_CASE("a segment of the test asks for its part") {
  CHECK(warnings_of(arrivals(40'000, {{"executionSegment", "0:1/2"}}), 20'000).empty());
  CHECK(warnings_of(arrivals(42'000, {{"executionSegment", "0:1/2"}}), 20'000).size() == 1);
}

TEST_CASE("nothing is known of the rate of looping VUs") {
  CHECK(warnings_of(plan_of({{"vus", 100'000}, {"duration", "1m"}}), 10).empty());
}

TEST_CASE("a calibration of another machine is warned of") {
  const auto on = [](const outputs::Machine& machine) {
    return load_warnings(arrivals(1), trusting(100), machine, 4);
  };
  outputs::Machine machine = kHere;
  machine.kernel = "Linux, the next";
  machine.memory = 1;
  CHECK(on(machine).empty());
  machine.cpus = 2;
  CHECK(on(machine) ==
        std::vector<std::string>{"machine.json was measured on another machine (4 CPUs, Model A) "
                                 "than this one (2 CPUs, Model A): loadrun calibrate measures it"});
  CHECK(on({"Model B", 4, 1, ""}).size() == 1);
  CHECK(on({"", 4, 1, ""}).size() == 1);
}

TEST_CASE("numbers are grouped by thousands") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1'000) == "1,000");
  CHECK(with_commas(12'345'678) == "12,345,678");
}
