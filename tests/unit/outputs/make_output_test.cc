#include "outputs/make_output.h"

#include "support/catch.h"

using namespace loadrun;
using outputs::make_output;

namespace {

std::optional<std::string> nothing(const char*) { return std::nullopt; }

std::string problem(std::string_view spec) {
  const auto made = make_output(spec, nothing);
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == ExitCode::kGeneric);
  return made.error().message;
}

}  // namespace

TEST_CASE("an output that nobody knows is refused with the names of those there are") {
  CHECK_THAT(problem("nope"),
             Catch::StartsWith("invalid output type 'nope', available types are:"));
  CHECK_THAT(problem("=x"), Catch::StartsWith("invalid output type ''"));
}

TEST_CASE("an output that only k6 has is refused as such") {
  for (const char* name : {"influxdb=http://localhost", "opentelemetry", "statsd", "kafka"}) {
    CHECK_THAT(problem(name), Catch::Contains("this version of loadrun does not have it"));
  }
}

TEST_CASE("a result file needs a name") {
  for (const char* spec : {"result", "result="}) {
    CHECK(problem(spec) ==
          "could not create the 'result' output: it needs the name of a new file: result=FILE.db");
  }
}

TEST_CASE("a list of outputs is split at its commas") {
  using Specs = std::vector<std::string>;
  CHECK(outputs::split_specs("") == Specs{});
  CHECK(outputs::split_specs("json") == Specs{"json"});
  CHECK(outputs::split_specs("json=a, csv=b.csv,,json") == Specs{"json=a", "csv=b.csv", "json"});
}
