#include "plan/segment.h"

#include "plan/options_json.h"
#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::error_of;
using test::plan_of;

std::string segment_error(std::string_view text) {
  const auto segment = ExecutionSegment::parse(text);
  REQUIRE_FALSE(segment.ok());
  CHECK(segment.error().code == ExitCode::kInvalidConfig);
  return segment.error().message;
}

std::string sequence_error(std::string_view text) {
  const auto sequence = parse_sequence(text);
  REQUIRE_FALSE(sequence.ok());
  return sequence.error().message;
}

TEST_CASE("a number of a segment is a fraction, a decimal or a percentage") {
  for (const char* quarter : {"1/4", "0.25", ".25", "25%", "25.0%", "250/1000", "0.250000000"}) {
    INFO(quarter);
    const auto number = Rational::parse(quarter);
    REQUIRE(number.ok());
    CHECK(number.value() == Rational(1, 4));
  }
  for (const char* nothing :
       {"", "%", "/", ".", "1/", "/2", "1/0", "-1", "1/-2", "+1", " 1", "1e1", "0x1", "1.2.3",
        "1//2", "1/2%", "0.0000000001", "1/1000000001", "99999999999999999999"}) {
    INFO(nothing);
    CHECK_FALSE(Rational::parse(nothing).ok());
  }
}

TEST_CASE("fractions are compared and added exactly") {
  const Rational third(1, 3);
  CHECK(third + third + third == Rational(1, 1));
  CHECK(third - Rational(1, 2) == Rational(-1, 6));
  CHECK(third > Rational(333'333'333, 1'000'000'000));
  CHECK(third.text() == "1/3");
  CHECK(Rational(4, 2).text() == "2");
}

TEST_CASE("a wrong segment says what is wrong") {
  CHECK(segment_error("1/2:x") == "\"x\" is not a number (expected e.g. 1/3, 0.25 or 25%)");
  CHECK(segment_error("0.5:0.25") ==
        "the segment 1/2:1/4 is empty (expected an end after the start)");
  CHECK(segment_error("1/2:3/2") == "the segment 1/2:3/2 ends after 1");
  CHECK(sequence_error("0,1/2,1/4") ==
        "the segment 1/2:1/4 is empty (expected an end after the start)");
  CHECK(sequence_error("1/2") ==
        "\"1/2\" has no end (expected at least two borders, e.g. 0,1/2,1)");
  CHECK(sequence_error("0,1/2,").starts_with("\"\" is not a number"));
}

TEST_CASE("an instance's segment is one of the sequence") {
  CHECK(error_of({{"executionSegment", "0:1/2"}, {"executionSegmentSequence", "0,1/3,2/3,1"}}) ==
        "the segment 0:1/2 is none of the sequence 0,1/3,2/3,1");
  CHECK(error_of({{"executionSegmentSequence", "0,1/2,1"}}) ==
        "the segment 0:1 is none of the sequence 0,1/2,1");
  CHECK(error_of({{"executionSegment", "0:0.1234567"}}) ==
        "the segments 0,1234567/10000000,1 are too odd (expected lengths with a common "
        "denominator of at most 1000000)");
  CHECK(error_of({{"executionSegment", "2:1"}, {"executionSegmentSequence", 5}}) ==
        "script options: executionSegment: the segment 2:1 is empty (expected an end after the "
        "start)\nscript options: executionSegmentSequence: 5 is not a string");
}

TEST_CASE("the segment reaches the plan, its scenarios and the options shown") {
  const Plan plan = plan_of({{"executionSegment", "25%:50%"}, {"vus", 10}, {"duration", "1s"}});
  CHECK(plan.warnings.empty());
  CHECK(plan.tuple.segment().text() == "1/4:1/2");
  CHECK(max_vus(plan.scenarios.at(0)) == 2);
  const json options = json::parse(options_json(plan));
  CHECK(options.at("executionSegment") == "1/4:1/2");
  CHECK(options.at("executionSegmentSequence") == "0,1/4,1/2,1");
  CHECK(json::parse(options_json(plan_of(options))) == options);
  CHECK_FALSE(json::parse(options_json(plan_of(json::object()))).contains("executionSegment"));
  const auto flags = options_from_flags(
      {{"execution-segment", "1/2:1"}, {"execution-segment-sequence", "0,1/2,1"}});
  REQUIRE(flags.ok());
  CHECK(resolve({flags.value()}, {"default"}).value().tuple.segment().text() == "1/2:1");
}

TEST_CASE("an instance without VUs has nothing to do") {
  const Plan plan = plan_of({{"executionSegment", "1/2:1"},
                             {"executionSegmentSequence", "0,1/2,1"},
                             {"scenarios",
                              {{"a",
                                {{"executor", "constant-arrival-rate"},
                                 {"rate", 10},
                                 {"duration", "10s"},
                                 {"preAllocatedVUs", 1}}}}}});
  CHECK(max_vus(plan.scenarios.at(0)) == 0);
  CHECK(iteration_stripes(plan.scenarios.at(0)).share(100) == 0);
  CHECK(requirements(plan).max_vus == 0);
  CHECK(requirements(plan).total_duration == 0s);
  CHECK(plan.warnings ==
        std::vector<std::string>{
            "scenario a is left out: it has no VUs in the execution segment 1/2:1",
            "there is nothing to run: no scenario has VUs in the execution segment 1/2:1"});
}

TEST_CASE("what an instance leaves out does not stop what it runs") {
  const json one = {{"executor", "per-vu-iterations"}, {"vus", 1}};
  const json two = {{"executor", "per-vu-iterations"}, {"vus", 2}};
  const Plan plan = plan_of({{"executionSegment", "1/2:1"},
                             {"executionSegmentSequence", "0,1/2,1"},
                             {"scenarios", {{"one", one}, {"two", two}}}});
  CHECK(plan.warnings ==
        std::vector<std::string>{
            "scenario one is left out: it has no VUs in the execution segment 1/2:1"});
  CHECK(requirements(plan).max_vus == 1);
}

TEST_CASE("an arrival rate is shown as the instance's") {
  const Plan plan = plan_of({{"executionSegment", "1/4"},
                             {"scenarios",
                              {{"a",
                                {{"executor", "constant-arrival-rate"},
                                 {"rate", 10},
                                 {"duration", "10s"},
                                 {"preAllocatedVUs", 4},
                                 {"maxVUs", 12}}}}}});
  CHECK(describe(plan.scenarios.at(0)) ==
        "2.50 iterations/s for 10s (maxVUs: 1-3, gracefulStop: 30s)");
}

}  // namespace
}  // namespace loadrun::plan
