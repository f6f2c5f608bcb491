#include "metrics/threshold.h"

#include <string>
#include <utility>
#include <vector>

#include "metrics/shard.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

/// A run with one worker: record, then evaluate.
class Run {
 public:
  explicit Run(const std::vector<MetricThresholds>& specs)
      : set_(ThresholdSet::create(specs, registry_).value()), totals_(registry_) {
    for (const Submetric& submetric : set_.submetrics()) totals_.track(submetric);
  }
  void record(Builtin metric, const Tags& tags, double value) {
    shard_.record(shard_.series(id_of(metric), tags_.intern(tags)), value, {});
    Delta delta = shard_.take({});
    totals_.merge(0, delta);
  }
  void expect_preparation() { totals_.expect_preparation(); }
  bool evaluate(Nanoseconds elapsed, bool final_pass = false) {
    return set_.evaluate(totals_, elapsed, final_pass);
  }
  const ThresholdSet& set() const { return set_; }

 private:
  Registry registry_;
  TagTable tags_;
  Shard shard_{registry_, tags_};
  ThresholdSet set_;
  Totals totals_;
};

Error creation_error(const std::vector<MetricThresholds>& specs) {
  const Registry registry;
  const auto set = ThresholdSet::create(specs, registry);
  REQUIRE_FALSE(set.ok());
  return set.error();
}

TEST_CASE("a threshold on an unknown metric is named") {
  const Error error = creation_error({{"nope", {{"count>1"}}}});
  CHECK(error.code == ExitCode::kInvalidConfig);
  CHECK(error.message ==
        "invalid threshold defined on nope; reason: no metric name \"nope\" found");
}

TEST_CASE("a method the metric does not offer is named with the type") {
  const Error error = creation_error({{"http_reqs", {{"p(95)>1"}}}});
  CHECK(error.code == ExitCode::kInvalidConfig);
  CHECK(error.message.find("defined on http_reqs") != std::string::npos);
  CHECK(error.message.find("unsupported aggregation method p on metric of type counter") !=
        std::string::npos);
}

TEST_CASE("all mistakes are reported at once") {
  const Error error = creation_error({{"nope", {{"count>1"}}},
                                      {"checks", {{"rate>0.9"}, {"bogus>1"}, {"avg>1"}}},
                                      {"checks{a}", {{"rate>0.9"}}},
                                      {"vus{scenario:x}", {{"count>1"}}}});
  for (const char* part : {"\"nope\"", "\"bogus\"", "method avg on metric of type rate",
                           "checks{a}", "method count on metric of type gauge"}) {
    INFO(part);
    CHECK(error.message.find(part) != std::string::npos);
  }
  CHECK(error.message.find("rate>0.9") == std::string::npos);
}

TEST_CASE("an empty list tracks the sub-metric and needs a known metric") {
  const Registry registry;
  const auto set = ThresholdSet::create({{"http_reqs{name:a}", {}}, {"vus", {}}}, registry);
  REQUIRE(set.ok());
  REQUIRE(set.value().submetrics().size() == 1);
  CHECK(set.value().submetrics()[0].name == "http_reqs{name:a}");
  CHECK(set.value().submetrics()[0].tags == Tags{{"name", "a"}});
  CHECK(set.value().outcomes().empty());
  CHECK_FALSE(ThresholdSet::create({{"nope", {}}}, registry).ok());
}

TEST_CASE("outcomes say what was observed, percentiles of any kind included") {
  Run run({{"http_req_duration", {{"p(99.99)<200"}, {"avg<1"}}}, {"http_reqs", {{"rate>3"}}}});
  for (const double value : {10.0, 20.0, 30.0}) run.record(Builtin::kHttpReqDuration, {}, value);
  run.record(Builtin::kHttpReqs, {}, 10);
  CHECK_FALSE(run.evaluate(4s));
  const std::vector<ThresholdOutcome>& outcomes = run.set().outcomes();
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0].stat_name == "p(99.99)");
  CHECK(outcomes[0].observed == Approx(29.998));
  CHECK(outcomes[0].ok);
  CHECK(outcomes[1].observed == 20);
  CHECK_FALSE(outcomes[1].ok);
  CHECK(outcomes[2].source == "rate>3");
  CHECK(outcomes[2].observed == 2.5);
  CHECK_FALSE(outcomes[2].ok);
  CHECK(run.set().failed_keys() == std::vector<std::string>{"http_req_duration", "http_reqs"});
}

TEST_CASE("thresholds on sub-metrics see their samples only") {
  Run run({{"iterations", {{"count == 3"}}},
           {"iterations{scenario:sc2}", {{"count == 1"}}},
           {"iterations{scenario:sc1}", {{"count == 2"}}},
           {"iterations{scenario:sc3}", {{"count == 0"}}}});
  run.record(Builtin::kIterations, {{"scenario", "sc1"}}, 1);
  run.record(Builtin::kIterations, {{"scenario", "sc2"}}, 2);
  run.evaluate(1s, true);
  CHECK(run.set().failed_keys() ==
        std::vector<std::string>{"iterations{scenario:sc1}", "iterations{scenario:sc2}"});
}

TEST_CASE("empty sinks are judged at the end only, as zero") {
  Run run({{"http_reqs", {{"count>0", true}}}, {"http_req_duration", {{"med<39"}}}});
  CHECK_FALSE(run.evaluate(10s));
  CHECK(run.set().failed_keys().empty());
  run.evaluate(10s, true);
  CHECK(run.set().failed_keys() == std::vector<std::string>{"http_reqs"});
}

TEST_CASE("a failing threshold aborts once its delay has passed") {
  Run run({{"iterations", {{"count<2", true, 5s}}}, {"http_reqs", {{"count<2"}}}});
  run.record(Builtin::kHttpReqs, {}, 9);
  run.record(Builtin::kIterations, {}, 1);
  CHECK_FALSE(run.evaluate(6s));
  run.record(Builtin::kIterations, {}, 1);
  CHECK_FALSE(run.evaluate(2s));
  CHECK_FALSE(run.evaluate(5s));
  CHECK(run.evaluate(6s));
}

TEST_CASE("a threshold can recover") {
  Run run({{"checks", {{"rate>0.5"}}}});
  run.record(Builtin::kChecks, {}, 0);
  run.evaluate(2s);
  CHECK(run.set().failed_keys() == std::vector<std::string>{"checks"});
  run.record(Builtin::kChecks, {}, 1);
  run.record(Builtin::kChecks, {}, 1);
  run.evaluate(4s);
  CHECK(run.set().failed_keys().empty());
}

TEST_CASE("what VUs do while they prepare is left out unless a group is named") {
  Run run({{"http_reqs", {{"count==1"}}},
           {"http_reqs{scenario:rush}", {{"count==1"}}},
           {"http_reqs{group:::prepare}", {{"count==10"}}},
           {"http_reqs{group:::prepare::login}", {{"count==100"}}},
           {"http_reqs{group:::preparedness}", {{"count==0"}}}});
  run.expect_preparation();
  const auto in = [&](const char* group) { return Tags{{"group", group}, {"scenario", "rush"}}; };
  run.record(Builtin::kHttpReqs, in(""), 1);
  run.record(Builtin::kHttpReqs, in("::prepare"), 10);
  run.record(Builtin::kHttpReqs, in("::prepare::login"), 100);
  run.evaluate(1s, true);
  CHECK(run.set().failed_keys().empty());
}

TEST_CASE("a group that is called prepare counts where nothing is prepared") {
  Run run({{"http_reqs", {{"count==11"}}}});
  run.record(Builtin::kHttpReqs, {}, 1);
  run.record(Builtin::kHttpReqs, {{"group", "::prepare"}}, 10);
  run.evaluate(1s, true);
  CHECK(run.set().failed_keys().empty());
}

}  // namespace
}  // namespace loadrun::metrics
