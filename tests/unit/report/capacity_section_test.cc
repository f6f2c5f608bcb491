#include "report/capacity_section.h"

#include "support/catch.h"
#include "unit/report/recording.h"

namespace loadrun::report {
namespace {

using plan::Probe;
using plan::ProbeKind;
using test::Recording;

Probe probe(std::int64_t number, ProbeKind kind, std::int64_t rate, const std::string& broken,
            bool is_certain) {
  Probe made;
  made.number = number;
  made.order = {kind, rate};
  made.outcome = broken.empty() ? Probe::Outcome::kHeld : Probe::Outcome::kBroke;
  made.is_certain = is_certain;
  made.broken = broken;
  made.length = 2500ms;
  made.p95 = 12.5;
  made.p99 = 20;
  return made;
}

plan::CapacityResult found() {
  plan::CapacityResult result;
  result.scenario = "search";
  result.is_finished = true;
  result.is_confirmed = true;
  result.sustained = 200;
  result.broken = 205;
  result.broken_by = "throughput";
  result.knee = 100;
  result.latency_metric = "http_req_duration";
  result.probes = {probe(1, ProbeKind::kRaise, 200, "", true),
                   probe(2, ProbeKind::kBisect, 205, "throughput", false)};
  return result;
}

std::string lines(plan::CapacityResult result) {
  Recording run;
  SummaryInput input = run.input();
  input.capacity = std::move(result);
  return capacity_lines(input, {});
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

TEST_CASE("a capacity search is told in sentences and as a table of its probes") {
  CHECK(
      lines(found()) ==
      "    highest sustained rate: 200 iters/s, 95 % confidence: 194 to 211, confirmed by a hold\n"
      "    first to break: throughput, at 205 iters/s\n"
      "    knee: 100 iters/s, where rate / mean http_req_duration is greatest\n"
      "\n"
      "    probe    kind  rate  result  time   p(95)  p(99)  dropped   broken by\n"
      "    1       raise   200    held  2.5s  12.5ms   20ms        0           -\n"
      "    2      bisect   205  broke?  2.5s  12.5ms   20ms        0  throughput\n"
      "\n"
      "    ?: decided by what was seen until the time was over, without the error rates of 2.5 "
      "%\n");
  Recording run;
  CHECK(capacity_lines(run.input(), {}).empty());
}

TEST_CASE("what a search does not know is said") {
  plan::CapacityResult result = found();
  result.is_confirmed = result.is_finished = false;
  CHECK(
      first_line(lines(result)) ==
      "    highest sustained rate: 200 iters/s, 95 % confidence: 194 to 211, the run ended before "
      "more was known");
  result.broken.reset();
  CHECK(first_line(lines(result)) ==
        "    highest sustained rate: at least 200 iters/s, the run ended before more was known");
  result.is_finished = true;
  result.time_unit = 60s;
  CHECK(first_line(lines(result)) ==
        "    highest sustained rate: at least 200 iters/1m0s, the maxRate of the search");
  result.sustained.reset();
  CHECK(first_line(lines(result)) == "    highest sustained rate: unknown: the run ended before");
  result.broken = 50;
  CHECK(first_line(lines(result)) ==
        "    highest sustained rate: below 50 iters/1m0s: nothing held");
}

TEST_CASE("programs read the same") {
  Recording run;
  SummaryInput input = run.input();
  input.capacity = found();
  input.capacity->probes[0].p95.reset();
  const Json object = capacity_object(input);
  CHECK(object.at("sustained_rate") == 200);
  CHECK(object.at("broken_rate") == 205);
  CHECK(object.at("interval").at(0) == 194);
  CHECK(object.at("confidence") == 0.95);
  CHECK(object.at("probes").at(0).at("p95_ms").is_null());
  CHECK(object.at("probes").at(1).at("outcome") == "broke");
  CHECK(object.at("probes").at(1).at("certain") == false);
}

}  // namespace
}  // namespace loadrun::report
