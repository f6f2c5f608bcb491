#include "run/scenario_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/catch.h"
#include "unit/run/stage.h"

using namespace loadrun;
using namespace loadrun::test;

TEST_CASE("looping VUs iterate until the regular end, then finish what they began") {
  Stage stage("k6.sleep(0.3)", R"("s":{"executor":"constant-vus","vus":2,"duration":"1s"})");
  stage.start();
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
  stage.begin();
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
  CHECK(stage.pool->idle() == 2);
  stage.advance(300ms);
  CHECK(counts(stage.live()) == Counts{2, 4, 2, 0});
  stage.advance(700ms);
  CHECK(counts(stage.live()) == Counts{2, 8, 6, 0});  // leaving, in the iteration begun at 0.9 s
  CHECK(stage.finished == 0);
  stage.advance(190ms);
  CHECK(stage.finished == 0);
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{0, 8, 8, 0});
  CHECK(stage.finished == 1);
  CHECK(stage.pool->idle() == 4);
  stage.advance(40s);
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 8, 8, 0});
  CHECK(stage.sum("iterations") == 8);
}

TEST_CASE("an iteration is measured from start to end, with its scenario's tags") {
  Stage stage("noted:add(__ITER) k6.sleep(0.5)",
              R"("name":{"executor":"constant-vus","vus":1,"duration":"1s","tags":{"own":"t"}})");
  stage.start();
  stage.begin();
  stage.advance(500ms);
  const metrics::Tags tags{{"group", ""}, {"own", "t"}, {"scenario", "name"}};
  std::vector<std::string> seen;
  for (const Measured& one : stage.measured().take()) {
    CHECK(one.tags == tags);
    seen.push_back(one.metric);
    if (one.metric == "iteration_duration") {
      CHECK(std::get<metrics::Trend>(one.sink).max() == 500);
    }
  }
  CHECK(seen == std::vector<std::string>{"noted", "iterations", "iteration_duration", "data_sent",
                                         "data_received"});
}

TEST_CASE("what has not finished after gracefulStop is interrupted and is no iteration") {
  Stage stage("k6.sleep(10)",
              R"("s":{"executor":"constant-vus","vus":2,"duration":"1s","gracefulStop":"2s"})");
  stage.start();
  stage.begin();
  stage.advance(2990ms);
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
  CHECK(stage.finished == 0);
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{0, 2, 0, 2});
  CHECK(stage.finished == 1);
  CHECK(stage.pool->idle() == 4);
  CHECK(stage.sum("iterations") == 0);
  stage.advance(10s);  // the cancelled sleep does not come back
  CHECK(counts(stage.live()) == Counts{0, 2, 0, 2});
}

TEST_CASE("gracefulStop 0 interrupts at the regular end") {
  Stage stage("k6.sleep(10)",
              R"("s":{"executor":"constant-vus","vus":1,"duration":"1s","gracefulStop":"0s"})");
  stage.start();
  stage.begin();
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{0, 1, 0, 1});
  CHECK(stage.finished == 1);
}

TEST_CASE("a VU taken out by a ramp-down leaves when its iteration ends") {
  Stage stage("k6.sleep(0.4)", R"("s":{"executor":"ramping-vus","startVUs":2,"stages":[
    {"duration":"1s","target":2},{"duration":"0s","target":1},{"duration":"2s","target":1}]})");
  stage.start();
  stage.begin();
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{2, 6, 4, 0});
  stage.advance(200ms);  // 1.2 s: both end their third iteration, one goes on
  CHECK(counts(stage.live()) == Counts{1, 7, 6, 0});
  CHECK(stage.pool->idle() == 3);
  CHECK(stage.finished == 0);
}

TEST_CASE("a VU taken out by a ramp-down is interrupted after gracefulRampDown") {
  Stage stage("k6.sleep(20)", R"("s":{"executor":"ramping-vus","startVUs":2,"gracefulRampDown":"2s",
    "stages":[{"duration":"1s","target":2},{"duration":"0s","target":1},{"duration":"9s","target":1}]})");
  stage.start();
  stage.begin();
  stage.advance(2990ms);
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{1, 2, 0, 1});
  stage.advance(5s);
  CHECK(counts(stage.live()) == Counts{1, 2, 0, 1});
}

TEST_CASE("a leaving VU that is wanted again keeps its iteration and loses its deadline") {
  Stage stage("k6.sleep(5)", R"("s":{"executor":"ramping-vus","startVUs":2,"gracefulRampDown":"2s",
    "stages":[{"duration":"1s","target":2},{"duration":"0s","target":1},{"duration":"1s","target":1},
              {"duration":"0s","target":2},{"duration":"8s","target":2}]})");
  stage.start();
  stage.begin();
  stage.advance(4990ms);
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{2, 4, 2, 0});
}

TEST_CASE("ramping from 0 starts VUs one by one at the exact times") {
  Stage stage(
      "k6.sleep(100)",
      R"("s":{"executor":"ramping-vus","startVUs":0,"stages":[{"duration":"4s","target":4}]})");
  stage.start();
  stage.begin();
  for (const std::int64_t vus : {0, 1, 2, 3}) {
    CHECK(stage.live().active_vus == vus);
    stage.advance(990ms);
    CHECK(stage.live().active_vus == vus);
    stage.advance(10ms);
  }
}

TEST_CASE("VUs are taken longest idle first and given back to the end") {
  Stage stage("k6.sleep(0.4) noted:add(__VU)",
              R"("s":{"executor":"ramping-vus","startVUs":1,"gracefulRampDown":"0s","stages":[
    {"duration":"1s","target":1},{"duration":"0s","target":0},{"duration":"1s","target":0},
    {"duration":"0s","target":1},{"duration":"2s","target":1}]})",
              2);
  stage.start();
  stage.begin();
  stage.advance(900ms);
  CHECK(std::get<metrics::Trend>(stage.measured().take("noted").at(0).sink).max() == 1);
  stage.advance(2s);
  const auto noted = stage.measured().take("noted");
  CHECK(std::get<metrics::Trend>(noted.at(0).sink).min() == 2);
}

TEST_CASE("per-vu-iterations: each VU its number, then the scenario is over") {
  Stage stage("noted:add(__ITER) k6.sleep(0.1 * __VU)",
              R"("s":{"executor":"per-vu-iterations","vus":3,"iterations":2})");
  stage.start();
  stage.begin();
  stage.advance(590ms);
  CHECK(counts(stage.live()) == Counts{1, 6, 5, 0});
  CHECK(stage.finished == 0);
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{0, 6, 6, 0});
  CHECK(stage.finished == 1);
  const auto measured = stage.measured().take();
  CHECK(sum_of(measured, "iterations") == 6);
  CHECK(sum_of(measured, "dropped_iterations") == 0);
  stage.advance(20s);
  CHECK(stage.finished == 1);
}

TEST_CASE("per-vu-iterations: what was never started by maxDuration is dropped") {
  Stage stage("k6.sleep(0.9)",
              R"("s":{"executor":"per-vu-iterations","vus":2,"iterations":5,"maxDuration":"2s",
                      "gracefulStop":"500ms"})");
  stage.start();
  stage.begin();
  stage.advance(2500ms);
  CHECK(counts(stage.live()) == Counts{0, 6, 4, 2});
  CHECK(stage.finished == 1);
  const auto measured = stage.measured().take();
  CHECK(sum_of(measured, "iterations") == 4);
  CHECK(sum_of(measured, "dropped_iterations") == 4);
}

TEST_CASE("shared-iterations: faster VUs take more, the sum is exact") {
  Stage stage("k6.sleep(__VU == 1 and 0.1 or 1)",
              R"("s":{"executor":"shared-iterations","vus":2,"iterations":11})");
  stage.start();
  stage.begin();
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{0, 11, 11, 0});
  CHECK(stage.finished == 1);
  CHECK(stage.sum("dropped_iterations") == 0);
}

TEST_CASE("shared-iterations of two workers: the union is the whole, the rest is dropped once") {
  Stage stage("k6.sleep(0.3)",
              R"("s":{"executor":"shared-iterations","vus":3,"iterations":20,"maxDuration":"1s"})");
  stage.start(0, 0, 2);
  stage.start(0, 1, 2);
  stage.begin();
  CHECK(stage.live(0).active_vus + stage.live(1).active_vus == 3);
  stage.advance(1200ms);
  CHECK(stage.finished == 2);
  const auto measured = stage.measured().take();
  CHECK(sum_of(measured, "iterations") == 12);
  CHECK(sum_of(measured, "dropped_iterations") == 8);
}

TEST_CASE("a slice without VUs of an iteration-bound scenario is over at once") {
  for (const char* executor : {"per-vu-iterations", "shared-iterations"}) {
    Stage stage("k6.sleep(0.1)",
                fmt::format(R"("s":{{"executor":"{}","vus":1,"iterations":1}})", executor));
    stage.start(0, 0, 2);
    stage.start(0, 1, 2);
    stage.begin();
    stage.advance(200ms);
    CHECK(counts(stage.live(0)) == Counts{0, 1, 1, 0});
    CHECK(counts(stage.live(1)) == Counts{0, 0, 0, 0});
    INFO(executor);
    CHECK(stage.finished == 2);
  }
}

TEST_CASE("a slice without VUs is over before its scenario starts") {
  for (const char* fields :
       {R"("executor":"constant-vus","vus":1,"duration":"1s")",
        R"("executor":"ramping-vus","startVUs":1,"stages":[{"duration":"1s","target":1}])",
        R"("executor":"externally-controlled","vus":1,"duration":0)"}) {
    Stage stage("k6.sleep(0.1)", fmt::format(R"("s":{{"startTime":"5s",{}}})", fields));
    stage.start(0, 1, 2);
    stage.begin();
    INFO(fields);
    CHECK(stage.finished == 1);
    stage.advance(7s);
    CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
    CHECK(stage.finished == 1);
  }
}

TEST_CASE("an externally controlled scenario without VUs waits for its end") {
  Stage stage("", R"("s":{"executor":"externally-controlled","maxVUs":2,"duration":"3s"})");
  stage.start();
  stage.begin();
  stage.advance(2990ms);
  CHECK(stage.finished == 0);
  stage.advance(10ms);
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
}

TEST_CASE("a failed iteration counts as complete and the next one starts") {
  Stage stage("k6.sleep(0.1) error('x')",
              R"("s":{"executor":"per-vu-iterations","vus":1,"iterations":3})");
  stage.start();
  stage.begin();
  stage.advance(300ms);
  CHECK(counts(stage.live()) == Counts{0, 3, 3, 0});
  CHECK(stage.sum("iterations") == 3);
}

TEST_CASE("iterations that never wait do not starve the others") {
  Stage stage("if __VU == 2 then k6.sleep(0.1) end noted:add(__VU)",
              R"("s":{"executor":"constant-vus","vus":2,"duration":"1s"})");
  stage.start();
  stage.begin();
  stage.advance(1s);
  stage.advance(200ms);
  CHECK(stage.finished == 1);
  double waiting = 0;
  for (const Measured& one : stage.measured().take("noted")) {
    const auto& trend = std::get<metrics::Trend>(one.sink);
    waiting += trend.sum() - static_cast<double>(trend.count());  // each 2 counts 1
  }
  CHECK(waiting >= 10);
}

TEST_CASE("startTime delays a scenario") {
  Stage stage("k6.sleep(0.1)", R"("s":{"executor":"per-vu-iterations","startTime":"2s"})");
  stage.start();
  stage.begin();
  stage.advance(1990ms);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{1, 1, 0, 0});
  stage.advance(100ms);
  CHECK(stage.finished == 1);
}

TEST_CASE("abort interrupts what runs and ends the scenario, once") {
  Stage stage("k6.sleep(1)", R"("s":{"executor":"constant-vus","vus":3,"duration":"10s"})");
  run::ScenarioRunner& runner = stage.start();
  stage.begin();
  stage.advance(1500ms);
  CHECK_FALSE(runner.finished());
  runner.abort();
  CHECK(runner.finished());
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 6, 3, 3});
  runner.abort();
  stage.advance(20s);
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 6, 3, 3});
  CHECK(stage.pool->idle() == 4);
}

TEST_CASE("abort before the scenario's start ends it without an iteration") {
  Stage stage("k6.sleep(1)",
              R"("s":{"executor":"constant-vus","vus":1,"duration":"1s","startTime":"5s"})");
  run::ScenarioRunner& runner = stage.start();
  stage.begin();
  stage.advance(1s);
  runner.abort();
  CHECK(stage.finished == 1);
  stage.advance(10s);
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
}

TEST_CASE("abort between two iterations starts no further one") {
  Stage stage("noted:add(1)", R"("s":{"executor":"constant-vus","vus":2,"duration":"10s"})");
  run::ScenarioRunner& runner = stage.start();
  stage.begin();
  const std::int64_t started = stage.live().started;
  CHECK(started > 0);
  runner.abort();
  stage.advance(100ms);
  CHECK(stage.live().started == started);
  CHECK(stage.live().interrupted == 0);
}

TEST_CASE("two scenarios take turns with the same VUs; each iteration sees its own scenario") {
  Stage stage("noted:add(tonumber(__ENV.N)) k6.sleep(0.1)", R"(
    "a":{"executor":"per-vu-iterations","vus":2,"iterations":1,"env":{"N":"1"}},
    "b":{"executor":"per-vu-iterations","vus":2,"iterations":1,"startTime":"1s","env":{"N":"2"}})",
              2);
  stage.start(0);
  stage.start(1);
  stage.begin();
  stage.advance(1500ms);
  CHECK(stage.finished == 2);
  const auto noted = stage.measured().take("noted");
  REQUIRE(noted.size() == 2);
  for (const Measured& one : noted) {
    const auto& trend = std::get<metrics::Trend>(one.sink);
    const double expected = metrics::tag_value(one.tags, "scenario") == "a" ? 1 : 2;
    CHECK(trend.min() == expected);
    CHECK(trend.max() == expected);
    CHECK(trend.count() == 2);
  }
}

TEST_CASE("minIterationDuration: a VU waits for the rest of it") {
  Stage stage("k6.sleep(0.1)", R"("s":{"executor":"constant-vus","vus":1,"duration":"2s"})", 1,
              R"("minIterationDuration":"500ms")");
  stage.start();
  stage.begin();
  stage.advance(490ms);
  CHECK(counts(stage.live()) == Counts{1, 1, 1, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{1, 2, 1, 0});
  stage.advance(1500ms);  // the fourth ended at 1.6 s
  CHECK(counts(stage.live()) == Counts{0, 4, 4, 0});
  CHECK(stage.finished == 1);
}

TEST_CASE("minIterationDuration does not hold up the end, whether the iteration is over or not") {
  for (const auto& [sleep, expected] :
       {std::pair{"0.1", Counts{0, 1, 1, 0}}, std::pair{"50", Counts{0, 1, 0, 1}}}) {
    Stage stage(fmt::format("k6.sleep({})", sleep),
                R"("s":{"executor":"constant-vus","vus":1,"duration":"1s","gracefulStop":"1s"})", 1,
                R"("minIterationDuration":"30s")");
    stage.start();
    stage.begin();
    stage.advance(expected[3] == 0 ? 1s : 2s);
    INFO(sleep);
    CHECK(counts(stage.live()) == expected);
    CHECK(stage.finished == 1);
    stage.advance(40s);  // the rest of the 30 s brings nothing back
    CHECK(counts(stage.live()) == expected);
    CHECK(stage.pool->idle() == 1);
  }
}

TEST_CASE("minIterationDuration is not for failed iterations") {
  Stage stage("k6.sleep(0.1) error('x')",
              R"("s":{"executor":"constant-vus","vus":1,"duration":"1s"})", 1,
              R"("minIterationDuration":"500ms")");
  stage.start();
  stage.begin();
  stage.advance(950ms);
  CHECK(counts(stage.live()) == Counts{1, 10, 9, 0});
}

TEST_CASE("pacing: the next start is the last intended one and the pace; who is late catches up") {
  Stage stage("k6.sleep(__ITER == 0 and 1.2 or 0.1)",
              R"("s":{"executor":"constant-vus","vus":1,"duration":"2s","pacing":"500ms"})", 1);
  stage.start();
  stage.begin();
  stage.advance(1190ms);
  CHECK(counts(stage.live()) == Counts{1, 1, 0, 0});
  stage.advance(300ms);  // the second, due at 0.5 s, started at 1.2 s, the third at 1.3 s
  CHECK(counts(stage.live()) == Counts{1, 3, 3, 0});
  stage.advance(10ms);  // the fourth in time
  CHECK(counts(stage.live()) == Counts{1, 4, 3, 0});
  stage.advance(500ms);
  CHECK(counts(stage.live()) == Counts{0, 4, 4, 0});
  const std::vector<Measured> measured = stage.measured().take();
  const auto trend = [&](std::string_view metric) {
    const auto found = std::ranges::find(measured, metric, &Measured::metric);
    REQUIRE(found != measured.end());
    return std::get<metrics::Trend>(found->sink);
  };
  CHECK(trend("iteration_start_lag").count() == 4);
  CHECK(trend("iteration_start_lag").max() == Approx(700));
  CHECK(trend("iteration_start_lag").sum() == Approx(700 + 300));
  CHECK(trend("iteration_response").max() == Approx(1200));
  CHECK(trend("iteration_response").sum() == Approx(1200 + 800 + 400 + 100));
}

TEST_CASE("a pace is kept after a failed iteration, and begins anew with the VU") {
  Stage stage(
      "k6.sleep(0.1) error('x')",
      R"("s":{"executor":"ramping-vus","startVUs":1,"gracefulRampDown":"0s","pacing":"400ms","stages":[
    {"duration":"1s","target":1},{"duration":"0s","target":0},{"duration":"1s","target":0},
    {"duration":"0s","target":1},{"duration":"1s","target":1}]})",
      1);
  stage.start();
  stage.begin();
  stage.advance(990ms);
  CHECK(counts(stage.live()) == Counts{1, 3, 3, 0});  // at 0, 0.4 and 0.8 s
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{0, 3, 3, 0});
  stage.advance(20ms);  // at 2 s: no catching up for the second without it
  CHECK(counts(stage.live()) == Counts{1, 4, 3, 0});
  stage.advance(100ms);
  CHECK(counts(stage.live()) == Counts{1, 4, 4, 0});
}

TEST_CASE("looping VUs without a pace have no intended starts") {
  Stage stage("k6.sleep(0.1)", R"("s":{"executor":"constant-vus","vus":1,"duration":"1s"})", 1);
  stage.start();
  stage.begin();
  stage.advance(1s);
  CHECK(stage.sum("iterations") == 10);
  CHECK(stage.measured().take("iteration_response").empty());
}

TEST_CASE("VUs that a ramp-down holds are the next scenario's once they are released") {
  const auto stage_with = [](const char* start) {
    return Stage("k6.sleep(20)",
                 fmt::format(R"("a":{{"executor":"ramping-vus","startVUs":3,"gracefulRampDown":"2s",
      "stages":[{{"duration":"1s","target":3}},{{"duration":"0s","target":1}},{{"duration":"9s","target":1}}]}},
      "b":{{"executor":"per-vu-iterations","vus":2,"startTime":"{}"}})",
                             start),
                 Stage::kAsPlanned);
  };
  CHECK(stage_with("2500ms").pool->idle() == 5);  // a holds its VUs until 3 s
  Stage stage = stage_with("3500ms");
  CHECK(stage.pool->idle() == 3);
  stage.start(0);
  stage.start(1);
  stage.begin();
  stage.advance(2990ms);
  CHECK(counts(stage.live(0)) == Counts{3, 3, 0, 0});
  stage.advance(500ms);
  CHECK(counts(stage.live(0)) == Counts{1, 3, 0, 2});
  CHECK(stage.pool->idle() == 2);
  stage.advance(10ms);
  CHECK(counts(stage.live(1)) == Counts{2, 2, 0, 0});
  CHECK(stage.pool->idle() == 0);
}

TEST_CASE("scenarios that end at different times leave their VUs to later ones") {
  const auto scenario = [](const char* name, int vus, const char* start, const char* duration) {
    return fmt::format(R"("{}":{{"executor":"constant-vus","vus":{},"startTime":"{}",
                          "duration":"{}","gracefulStop":"0s"}})",
                       name, vus, start, duration);
  };
  Stage stage("noted:add(__VU) k6.sleep(0.1)",
              scenario("a", 2, "0s", "1s") + "," + scenario("b", 1, "0s", "2s") + "," +
                  scenario("c", 2, "1200ms", "1s") + "," + scenario("d", 3, "2500ms", "1s"),
              Stage::kAsPlanned);
  CHECK(stage.pool->idle() == 3);
  for (std::size_t i = 0; i < 4; ++i) stage.start(i);
  stage.begin();
  stage.advance(1100ms);
  CHECK(stage.finished == 1);
  CHECK(stage.pool->idle() == 2);
  stage.advance(400ms);
  CHECK(stage.live(1).active_vus == 1);
  CHECK(stage.live(2).active_vus == 2);
  CHECK(stage.pool->idle() == 0);
  stage.advance(1200ms);
  CHECK(stage.finished == 3);
  CHECK(stage.live(3).active_vus == 3);
  stage.advance(1s);
  CHECK(stage.finished == 4);
  CHECK(stage.pool->idle() == 3);
  for (const Measured& one : stage.measured().take("noted")) {
    CHECK(std::get<metrics::Trend>(one.sink).max() <= 3);
  }
}

TEST_CASE("random choices do not depend on how VUs are split over workers") {
  const auto drawn = [](std::uint32_t workers) {
    Stage stage("noted:add(math.random(1000000)) k6.sleep(0.1)",
                R"("s":{"executor":"per-vu-iterations","vus":4,"iterations":3})");
    for (std::uint32_t i = 0; i < workers; ++i) stage.start(0, i, workers);
    stage.begin();
    stage.advance(1s);
    const auto noted = stage.measured().take("noted");
    const auto& trend = std::get<metrics::Trend>(noted.at(0).sink);
    CHECK(trend.count() == 12);
    return std::vector<double>{trend.min(), trend.percentile(0.5), trend.max(), trend.sum()};
  };
  const auto one = drawn(1);
  CHECK(drawn(2) == one);
  CHECK(drawn(3) == one);
}
