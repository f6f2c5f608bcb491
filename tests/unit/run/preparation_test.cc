#include "run/preparation.h"

#include "support/catch.h"
#include "unit/run/stage.h"

using namespace loadrun;
using namespace loadrun::test;

TEST_CASE("prepared VUs start together once the last of them is ready") {
  Stage stage("noted:add(__VU) k6.sleep(1)",
              R"("s":{"executor":"per-vu-iterations","vus":3,"iterations":1,"prepare":"prepare"})",
              4, "", "k6.sleep(__VU)");
  stage.start();
  stage.begin();
  stage.advance(3s);
  CHECK(counts(stage.live()) == Counts{3, 0, 0, 0});
  stage.advance(10ms);  // the notice that workers get
  CHECK(counts(stage.live()) == Counts{3, 3, 0, 0});
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{0, 3, 3, 0});
  CHECK(stage.finished == 1);
  CHECK(stage.pool->idle() == 4);
}

TEST_CASE("prepared VUs wait for startAt; who is late follows, and its lag is told") {
  Stage stage("k6.sleep(1)", R"("s":{"executor":"per-vu-iterations","vus":2,"iterations":1,
    "prepare":"prepare","startAt":"T+5s"})",
              4, "", "k6.sleep(__VU * 3)");
  stage.start();
  stage.begin();
  stage.advance(4990ms);
  CHECK(counts(stage.live()) == Counts{2, 0, 0, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{2, 1, 0, 0});
  stage.advance(1s);
  CHECK(counts(stage.live()) == Counts{1, 2, 1, 0});
  const auto lag =
      std::get<metrics::Trend>(stage.measured().take("iteration_start_lag").at(0).sink);
  CHECK(lag.count() == 2);
  CHECK(lag.min() == 0);
  CHECK(lag.max() == 1000);
}

TEST_CASE("startAt alone delays the schedule") {
  Stage stage("k6.sleep(1)",
              R"("s":{"executor":"shared-iterations","vus":2,"iterations":2,"startAt":"T+5s"})");
  stage.start();
  stage.begin();
  stage.advance(4990ms);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{2, 2, 0, 0});
}

TEST_CASE("a VU whose preparation fails or takes too long is out and counted") {
  Stage stage("noted:add(__VU)", R"("s":{"executor":"per-vu-iterations","vus":3,"iterations":2,
    "prepare":"prepare","prepareTimeout":"2s"})",
              3, "", "if __VU == 1 then error('no') elseif __VU == 2 then k6.sleep(9) end");
  stage.start();
  stage.begin();
  stage.advance(1990ms);
  CHECK(counts(stage.live()) == Counts{2, 0, 0, 0});  // one waits for one that prepares
  CHECK(stage.pool->idle() == 1);
  stage.advance(30ms);
  CHECK(counts(stage.live()) == Counts{0, 2, 2, 0});
  CHECK(stage.finished == 1);
  const auto measured = stage.measured().take();
  CHECK(sum_of(measured, "loadrun_prepare_failed") == 2);
  CHECK(sum_of(measured, "dropped_iterations") == 4);
  stage.advance(10s);  // the one that took too long does not come back
  CHECK(counts(stage.live()) == Counts{0, 2, 2, 0});
}

TEST_CASE("a stampede that nobody is prepared for ends without iterations") {
  Stage stage("", R"("s":{"executor":"shared-iterations","vus":2,"iterations":5,"prepare":"prepare",
    "startAt":"T+5s"})",
              2, "", "error('no')");
  stage.start();
  stage.begin();
  CHECK(stage.finished == 1);
  stage.advance(10s);
  CHECK(stage.finished == 1);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
  CHECK(stage.sum("dropped_iterations") == 5);
}

TEST_CASE("abort ends preparations") {
  Stage stage("",
              R"("s":{"executor":"per-vu-iterations","vus":2,"iterations":1,"prepare":"prepare"})",
              2, "", "k6.sleep(3)");
  run::ScenarioRunner& runner = stage.start();
  stage.begin();
  stage.advance(1s);
  runner.abort();
  CHECK(stage.finished == 1);
  CHECK(stage.pool->idle() == 2);
  stage.advance(10s);
  CHECK(counts(stage.live()) == Counts{0, 0, 0, 0});
  CHECK(stage.sum("loadrun_prepare_failed") == 0);
}

TEST_CASE("who still prepares when the scenario's time is over is out") {
  Stage stage("k6.sleep(0.1)", R"("s":{"executor":"per-vu-iterations","vus":2,"iterations":1,
    "maxDuration":"1s","gracefulStop":"0s","prepare":"prepare","startAt":"T+1s"})",
              2, "", "k6.sleep(__VU == 1 and 0 or 30)");
  stage.start();
  stage.begin();
  stage.advance(1990ms);
  CHECK(counts(stage.live()) == Counts{1, 1, 1, 0});
  stage.advance(10ms);
  CHECK(counts(stage.live()) == Counts{0, 1, 1, 0});
  CHECK(stage.finished == 1);
  CHECK(stage.sum("loadrun_prepare_failed") == 1);
}
