#include "metrics/threshold.h"

#include <algorithm>
#include <cstdint>
#include <map>
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

/// A run of scenarios whose seconds are handed over one by one.
class TimedRun {
 public:
  TimedRun(const std::vector<MetricThresholds>& specs, const std::vector<ScenarioSpan>& scenarios)
      : set_(ThresholdSet::create(specs, registry_, {scenarios, {}}).value()), totals_(registry_) {
    std::map<std::string, Nanoseconds> starts;
    for (const ScenarioSpan& scenario : scenarios) starts[scenario.name] = scenario.start;
    for (const WatchSpec& spec : set_.watches()) totals_.watch(spec, starts);
    shard_.start({});
  }
  void record(Builtin metric, const Tags& tags, double value) {
    shard_.record(shard_.series(id_of(metric), tags_.intern(tags)), value, {second_ * 1s + 500ms});
  }
  /// Ends the running second; true when a threshold asks for an abort.
  bool next() {
    shard_.close_all();
    while (shard_.has_closed()) {
      Delta delta = shard_.take();
      totals_.merge(0, delta);
    }
    const bool abort = set_.evaluate_second(totals_, second_, (second_ + 1) * 1s);
    ++second_;
    return abort;
  }
  std::vector<std::string> finish() {
    set_.end_scenarios(second_ * 1s);
    return set_.finish(totals_, second_ * 1s);
  }
  ThresholdSet& set() { return set_; }
  const ThresholdOutcome& outcome(std::size_t index = 0) const { return set_.outcomes()[index]; }

 private:
  Registry registry_;
  TagTable tags_;
  Shard shard_{registry_, tags_};
  ThresholdSet set_;
  Totals totals_;
  std::int64_t second_ = 0;
};

ThresholdSpec windowed(const std::string& source, Nanoseconds window, bool abort = false) {
  return {.source = source, .abort_on_fail = abort, .window = window};
}

ThresholdSpec later(const std::string& source, Nanoseconds after) {
  return {.source = source, .after = after};
}

const std::vector<ScenarioSpan> kHour{{"default", 0s, 1h}};

TEST_CASE("a window is evaluated when it is full, each second") {
  TimedRun run({{"http_req_duration", {windowed("max<100", 3s)}}}, kHour);
  run.record(Builtin::kHttpReqDuration, {}, 500);
  run.next();
  run.next();
  CHECK(run.outcome().windows == 0);
  CHECK(run.outcome().ok);
  run.next();
  CHECK(run.outcome().windows == 1);
  CHECK_FALSE(run.outcome().ok);
  CHECK(run.outcome().failed_at == 3);
}

TEST_CASE("a window that failed is not made good by others") {
  TimedRun run({{"http_req_duration", {windowed("avg<100", 2s)}}}, kHour);
  for (const double value : {10., 300., 200., 10., 10., 10.}) {
    run.record(Builtin::kHttpReqDuration, {}, value);
    run.next();
  }
  CHECK_FALSE(run.outcome().ok);
  CHECK(run.outcome().observed == 155);
  CHECK(run.outcome().failed_at == 2);
  CHECK(run.outcome().windows == 5);
  CHECK(run.outcome().failed_windows == 3);
  CHECK(run.finish().empty());
  CHECK(run.set().failed_keys() == std::vector<std::string>{"http_req_duration"});
}

TEST_CASE("a short bad time shows in a window and not in the whole run") {
  TimedRun run({{"checks", {windowed("rate>0.9", 5s), later("rate>0.9", 1s)}}}, kHour);
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 10; ++i) run.record(Builtin::kChecks, {}, second == 20 && i < 6 ? 0 : 1);
    run.next();
  }
  CHECK_FALSE(run.outcome(0).ok);
  CHECK(run.outcome(0).failed_at == 21);
  CHECK(run.outcome(0).failed_windows == 5);
  CHECK(run.outcome(1).ok);
}

TEST_CASE("counters of a window have its length as time") {
  TimedRun run({{"http_reqs", {windowed("rate>=4", 5s), windowed("count>=20", 5s)}}}, kHour);
  for (int second = 0; second < 10; ++second) {
    run.record(Builtin::kHttpReqs, {}, 4);
    run.next();
  }
  CHECK(run.outcome(0).ok);
  CHECK(run.outcome(0).observed == 4);
  CHECK(run.outcome(1).observed == 20);
}

TEST_CASE("a counter that stops is seen; a trend without samples says nothing") {
  TimedRun run(
      {{"http_reqs", {windowed("rate>1", 2s)}}, {"http_req_duration", {windowed("med>1", 2s)}}},
      kHour);
  run.next();
  run.next();
  CHECK(run.outcome(1).windows == 0);  // sorted as given: nothing yet, nothing said
  CHECK(run.outcome(0).windows == 0);
  for (int second = 0; second < 3; ++second) {
    run.record(Builtin::kHttpReqs, {}, 5);
    run.record(Builtin::kHttpReqDuration, {}, 5);
    run.next();
  }
  CHECK(run.set().failed_keys().empty());
  run.next();
  run.next();
  run.next();
  CHECK(run.set().failed_keys() == std::vector<std::string>{"http_reqs"});
  CHECK(run.outcome(0).observed == 0);
}

TEST_CASE("windows end with the scenario that the key names") {
  TimedRun run({{"http_reqs{scenario:early}", {windowed("rate>1", 2s)}},
                {"http_reqs{scenario:bound}", {windowed("rate>1", 2s)}}},
               {{"early", 0s, 3s}, {"bound", 0s, 1h}});
  for (int second = 0; second < 8; ++second) {
    if (second < 3) run.record(Builtin::kHttpReqs, {{"scenario", "early"}}, 9);
    if (second < 5) run.record(Builtin::kHttpReqs, {{"scenario", "bound"}}, 9);
    if (second == 5) run.set().end_scenario(1, 5200ms);
    run.next();
  }
  run.finish();
  CHECK(run.set().failed_keys().empty());
  CHECK(run.outcome(0).windows == 2);
  CHECK(run.outcome(1).windows == 4);
}

TEST_CASE("the first seconds of a scenario can be left out") {
  TimedRun run({{"http_req_duration", {later("max<100", 2s)}},
                {"http_req_duration{scenario:late}", {later("max<100", 2s)}},
                {"http_reqs", {later("rate==3", 2s)}}},
               {{"first", 0s, 1h}, {"late", 3500ms, 1h}});
  for (int second = 0; second < 8; ++second) {
    const double first = second < 2 ? 1000 : 1;  // warm from its second 2 on
    const double late = second < 6 ? 1000 : 1;   // 3.5 + 2 = 5.5: from second 6 on
    run.record(Builtin::kHttpReqDuration, {{"scenario", "first"}}, first);
    run.record(Builtin::kHttpReqDuration, {{"scenario", "late"}}, late);
    run.record(Builtin::kHttpReqDuration, {}, first);  // of none: counts from the start
    run.record(Builtin::kHttpReqs, {}, second < 2 ? 1000 : 3);
    run.next();
  }
  CHECK(run.finish().empty());
  CHECK(run.set().failed_keys().empty());
  CHECK(run.outcome(0).observed == 1);
  CHECK(run.outcome(2).observed == 3);
}

TEST_CASE("a second before the time left out is over counts") {
  TimedRun run({{"http_req_duration", {later("max<100", 2s)}}}, kHour);
  for (int second = 0; second < 3; ++second) {
    run.record(Builtin::kHttpReqDuration, {}, second < 2 ? 1 : 1000);
    run.next();
  }
  CHECK_FALSE(run.outcome().ok);
}

TEST_CASE("a window after the first seconds") {
  const ThresholdSpec both{.source = "max<100", .window = 2s, .after = 3s};
  TimedRun run({{"http_req_duration", {both}}}, kHour);
  for (int second = 0; second < 6; ++second) {
    run.record(Builtin::kHttpReqDuration, {}, second < 3 ? 1000 : 1);
    run.next();
    CHECK(run.outcome().windows == std::max(second - 3, 0));
  }
  CHECK(run.outcome().ok);
}

TEST_CASE("a window that fails aborts, after the delay") {
  ThresholdSpec spec = windowed("rate>1", 2s, true);
  spec.delay_abort_eval = 5s;
  TimedRun run({{"http_reqs", {spec}}}, kHour);
  std::vector<bool> aborts;
  for (int second = 0; second < 7; ++second) {
    run.record(Builtin::kHttpReqs, {}, 1);
    aborts.push_back(run.next());
  }
  CHECK(aborts == std::vector<bool>{false, false, false, false, false, true, true});
}

TEST_CASE("a window that was never full is evaluated over what there is, and that is said") {
  TimedRun run(
      {{"http_reqs", {windowed("rate==5", 30s)}}, {"http_req_duration", {later("max<1", 30s)}}},
      kHour);
  for (int second = 0; second < 4; ++second) {
    run.record(Builtin::kHttpReqs, {}, 5);
    run.record(Builtin::kHttpReqDuration, {}, 5);
    run.next();
  }
  const std::vector<std::string> notes = run.finish();
  CHECK(run.set().failed_keys().empty());
  CHECK(run.outcome(0).observed == 5);
  REQUIRE(notes.size() == 2);
  CHECK(notes[0] ==
        "threshold 'rate==5 window=30s' on http_reqs never had a full window: it was evaluated "
        "over 4.0 s");
  CHECK(notes[1] ==
        "threshold 'max<1 after=30s' on http_req_duration saw nothing: the run ended before");
}

TEST_CASE("thresholds with the same view share it") {
  const Registry registry;
  const auto set = ThresholdSet::create(
      {{"checks", {windowed("rate>0", 5s), windowed("rate>0.5", 5s), windowed("rate>0", 6s)}}},
      registry);
  CHECK(set.value().watches().size() == 2);
}

TEST_CASE("a threshold on a metric that is left out says so") {
  const Registry registry;
  const auto set =
      ThresholdSet::create({{"http_reqs{name:a}", {{"count>1"}}}}, registry, {{}, {"http_reqs"}});
  REQUIRE_FALSE(set.ok());
  CHECK(set.error().code == ExitCode::kInvalidConfig);
  CHECK(set.error().message ==
        "invalid threshold defined on http_reqs{name:a}; reason: the option noMetrics leaves this "
        "metric out");
}

}  // namespace
}  // namespace loadrun::metrics
