#include "commands/calibration.h"

#include <nlohmann/json.hpp>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::commands;
using nlohmann::json;

namespace {

Calibration some_calibration() {
  return {.generator = "loadrun 9.8.7",
          .measured = "2026-01-31T12:00:00.000Z",
          .machine = {"A \"fast\" one", 8, 16ULL << 30, "Linux 6.1 x86_64"},
          .workers = 4,
          .timers = {1000, 0.0625, 1.5},
          .latency = {200, 600, 601, 0.125, 0.25, 3.1},
          .capacity = {256, 120'000, 120'001, 3.25, 36'923, 3},
          .trials = {{66'461, 200'000, 200'002, 17, 4.5, false},
                     {46'523, 150'000, 150'003, 0, 0.3, true}},
          .trusted_rate = 46'523};
}

/// The errors of a file that differs from a good one as `change` says.
template <typename Change>
std::string error_of(Change change) {
  json file = json::parse(to_json(some_calibration()));
  change(file);
  const auto read = calibration_from_json("m.json", file.dump());
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == ExitCode::kInvalidConfig);
  return read.error().message;
}

}  // namespace

TEST_CASE("a calibration is read as it was written") {
  const auto read = calibration_from_json("m.json", to_json(some_calibration()));
  REQUIRE(read.ok());
  CHECK(read.value() == some_calibration());
}

TEST_CASE("a calibration file says what it is") {
  const json file = json::parse(to_json(some_calibration()));
  CHECK(file["schema"] == "loadrun-calibration");
  CHECK(file["version"] == 1);
  CHECK(file["trials"][1]["start_lag_p99_ms"] == 0.3);
  CHECK(file["machine"]["cpus"] == 8);
}

TEST_CASE("members of a calibration that nobody knows are left alone") {
  json file = json::parse(to_json(some_calibration()));
  file["later"] = 1;
  file["timers"]["later"] = {1, 2};
  CHECK(calibration_from_json("m.json", file.dump()).ok());
}

TEST_CASE("what is wrong in a calibration is said with file, field and what was expected") {
  CHECK(error_of([](json& file) { file.erase("trusted_rate"); }) ==
        "m.json: trusted_rate: is required (expected a whole number)");
  CHECK(error_of([](json& file) { file["trusted_rate"] = "fast"; }) ==
        "m.json: trusted_rate: \"fast\" is not a whole number");
  CHECK(error_of([](json& file) { file["trusted_rate"] = -1; }) ==
        "m.json: trusted_rate: -1 is too small (expected a whole number of at least 0)");
  CHECK(error_of([](json& file) { file["timers"]["late_p99_ms"] = "1"; }) ==
        "m.json: timers.late_p99_ms: \"1\" is not a number of at least 0");
  CHECK(error_of([](json& file) { file["latency"]["max_ms"] = -0.5; }) ==
        "m.json: latency.max_ms: -0.5 is not a number of at least 0");
  CHECK(error_of([](json& file) { file["machine"].erase("cpu_model"); }) ==
        "m.json: machine.cpu_model: is required (expected a string)");
  CHECK(error_of([](json& file) { file.erase("machine"); }) ==
        "m.json: machine: is required (expected an object)");
  CHECK(error_of([](json& file) { file["capacity"] = 3; }) ==
        "m.json: capacity: 3 is not an object of names and values");
  CHECK(error_of([](json& file) { file["trials"] = 3; }) == "m.json: trials: 3 is not a list");
  CHECK(error_of([](json& file) { file.erase("trials"); }) ==
        "m.json: trials: is required (expected a list)");
  CHECK(error_of([](json& file) { file["trials"][1]["healthy"] = "yes"; }) ==
        "m.json: trials[1].healthy: \"yes\" is not a boolean (expected true or false)");
  CHECK(error_of([](json& file) { file["trials"][0] = 5; }) ==
        "m.json: trials[0]: 5 is not an object");
}

TEST_CASE("all that is wrong in a calibration is said at once") {
  const std::string error = error_of([](json& file) {
    file["workers"] = true;
    file["generator"] = 1;
  });
  CHECK(error ==
        "m.json: generator: 1 is not a string\nm.json: workers: true is not a whole number");
}

TEST_CASE("a file that is no calibration of this version is not looked into") {
  const std::string advice = ", the file that loadrun calibrate writes)";
  CHECK(error_of([](json& file) {
          file = {{"workers", true}};
        }) == "m.json: schema: is missing (expected \"loadrun-calibration\"" + advice);
  CHECK(error_of([](json& file) { file["schema"] = "loadrun-summary"; }) ==
        "m.json: schema: \"loadrun-summary\" (expected \"loadrun-calibration\"" + advice);
  CHECK(error_of([](json& file) {
          file["version"] = 2;
          file["workers"] = true;
        }) == "m.json: version: 2 (expected 1: calibrate again with this loadrun)");
  CHECK(error_of([](json& file) { file.erase("version"); }) ==
        "m.json: version: is missing (expected 1: calibrate again with this loadrun)");
}

TEST_CASE("a calibration that is no JSON object") {
  for (const char* text : {"", "{", "[]", "3", "workers: 4"}) {
    const auto read = calibration_from_json("m.json", text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().message ==
          "m.json: is no JSON object (expected what loadrun calibrate wrote)");
  }
}

TEST_CASE("a calibration file that is not there") {
  const test::TempFolder folder;
  const auto read = read_calibration(folder.path() + "/none.json");
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == ExitCode::kInvalidConfig);
  CHECK(read.error().message ==
        "calibration: cannot read " + folder.path() + "/none.json: No such file or directory");
  CHECK(read_calibration(folder.write("m.json", to_json(some_calibration()))).ok());
}
