#include "run/worker_health.h"

#include <memory>

#include "run/health_series.h"
#include "script/runtime.h"
#include "script/vu_script.h"
#include "support/catch.h"
#include "support/fake_host.h"

using namespace loadrun;
using namespace loadrun::run;

namespace {

/// The health of worker 3 on a virtual clock, and a script that waits at its line 2.
struct Patient {
  test::FakeHost host;
  script::SharedStore store;
  script::RuntimeConfig config;
  std::unique_ptr<script::Runtime> runtime;
  std::unique_ptr<script::VuScript> vu;
  std::unique_ptr<net::EventLoop> loop;
  std::unique_ptr<WorkerHealth> health;

  Patient() {
    config.path = "test.lua";
    config.source = "local sleep = require('k6').sleep return function()\nsleep(1) end";
    runtime = std::move(script::Runtime::create(host, config, store)).value();
    vu = std::move(script::VuScript::create(*runtime, 1)).value();
    REQUIRE(vu->start("default", script::Stage::kIteration) == script::Outcome::kSuspended);
    loop = std::move(net::EventLoop::create(host.clock)).value();
    health = std::make_unique<WorkerHealth>(*loop, runtime->collections());
    turn();
  }
  void turn() const {
    loop->wake();  // never wait for a clock that only this test moves
    loop->turn();
  }
  /// In a turn; those that are `apart` by less than a heartbeat.
  void pass(Nanoseconds time) {
    host.clock.advance(time);
    turn();
  }
  void start() const { health->start(3, host.clock.now()); }
  void ran(Nanoseconds slice) {
    host.clock.advance(slice);
    health->ran(vu->main_task(), slice);
  }
};

}  // namespace

TEST_CASE("what scripts and schedules say is noted with the second of the loop") {
  Patient patient;
  patient.start();
  patient.health->began_late(3ms);
  patient.health->began_late(2ms);
  patient.health->dropped(2);
  patient.health->dropped(5);
  patient.ran(1ms);
  patient.ran(300ms);
  patient.ran(20ms);
  patient.pass(900ms);
  patient.ran(2ms);
  patient.pass(1s);
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[0].worker == 3);
  CHECK(seconds[0].second == 0);
  CHECK(seconds[0].iteration_lag == 3ms);
  CHECK(seconds[0].dropped == 7);
  CHECK(seconds[0].longest_slice == 300ms);
  CHECK(seconds[0].slice_place == "test.lua:2");
  CHECK(seconds[0].busy == 1);
  CHECK(seconds[1].second == 1);
  CHECK(seconds[1].longest_slice == 2ms);
  CHECK(seconds[1].slice_place.empty());  // too short to be named
  CHECK(seconds[1].longest_turn == 1221ms);
  CHECK(patient.health->take().empty());
}

TEST_CASE("a long slice belongs to the second in which it ended") {
  Patient patient;
  patient.start();
  patient.ran(1500ms);
  patient.pass(600ms);
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[0].longest_slice == 0ms);
  CHECK(seconds[1].longest_slice == 1500ms);
}

TEST_CASE("collections are those of the scenarios") {
  Patient patient;
  lua_gc(patient.runtime->state(), LUA_GCCOLLECT, 0);
  patient.start();
  patient.ran(1ms);
  patient.pass(1s);
  REQUIRE(patient.health->take().at(0).gc_steps == 0);
  const std::uint64_t before = patient.runtime->collections().value();
  lua_gc(patient.runtime->state(), LUA_GCCOLLECT, 0);
  lua_gc(patient.runtime->state(), LUA_GCCOLLECT, 0);
  const std::uint64_t count = patient.runtime->collections().value() - before;
  CHECK(count >= 2);
  patient.ran(1ms);
  patient.pass(1s);
  CHECK(patient.health->take().at(0).gc_steps == count);
}

TEST_CASE("a rest too short for a second of its own adds what it noted to the last one") {
  Patient patient;
  patient.start();
  patient.health->dropped(1);
  patient.pass(1010ms);
  patient.health->dropped(2);
  patient.health->began_late(7ms);
  patient.ran(30ms);
  patient.health->stop();
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].second == 0);
  CHECK(seconds[0].dropped == 3);
  CHECK(seconds[0].iteration_lag == 7ms);
  CHECK(seconds[0].slice_place == "test.lua:2");
  CHECK(seconds[0].busy == 1);
}

TEST_CASE("of a very short time a share says nothing") {
  Patient patient;
  patient.start();
  patient.ran(1ms);
  patient.health->stop();
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].busy == Approx(0.01));
}

TEST_CASE("before the start and after the stop nothing is noted") {
  Patient patient;
  patient.ran(500ms);
  patient.health->dropped(1);
  patient.health->began_late(1s);
  patient.start();
  patient.pass(1s);
  patient.health->stop();
  patient.health->stop();
  patient.ran(2s);
  patient.health->dropped(1);
  patient.pass(3s);
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].dropped == 0);
  CHECK(seconds[0].iteration_lag == 0ms);
  CHECK(seconds[0].longest_slice == 0ms);
}

TEST_CASE("a loop without any work of its own still notices that it did not run") {
  Patient patient;
  patient.turn();
  patient.start();
  patient.turn();
  patient.pass(1500ms);
  patient.pass(600ms);
  const auto seconds = patient.health->take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[1].timer_lateness >= 1400ms);
}

TEST_CASE(
    "each second is a sample of each metric, with the worker's tag and the line of a long slice") {
  test::FakeHost host;
  HealthSeries series(host.shard(), host.tags(), host.tags().intern({{"run", "r"}}), 1);
  series.record({.worker = 1,
                 .second = 0,
                 .busy = 0.25,
                 .longest_turn = 4ms,
                 .timer_lateness = 2ms,
                 .longest_slice = 3ms,
                 .gc_steps = 5},
                TimePoint{1s});
  series.record({.worker = 1, .second = 1, .longest_slice = 30ms, .slice_place = "test.lua:2"},
                TimePoint{2s});
  const metrics::Tags tags{{"run", "r"}, {"worker", "1"}};
  const metrics::Tags with_line{{"line", "test.lua:2"}, {"run", "r"}, {"worker", "1"}};
  const auto measured = host.measured.take();
  REQUIRE(measured.size() == 6);
  for (const test::Measured& one : measured) {
    INFO(one.metric);
    const bool is_named = one.metric == "loadrun_lua_slice" && one.tags == with_line;
    CHECK((is_named || one.tags == tags));
    const std::uint64_t expected = one.metric == "loadrun_lua_slice" ? 1 : 2;
    if (one.metric != "loadrun_gc_steps") {
      CHECK(metrics::sample_count(one.sink) == expected);
    } else {
      CHECK(std::get<metrics::Counter>(one.sink).sum.value() == 5);
    }
  }
}
