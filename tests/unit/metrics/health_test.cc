#include "metrics/health.h"

#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::metrics;

TEST_CASE("a quiet second is not worth keeping") {
  CHECK_FALSE(is_notable(WorkerSecond{}));
  CHECK_FALSE(is_notable(WorkerSecond{.busy = 0.49,
                                      .longest_turn = 9ms,
                                      .timer_lateness = 9ms,
                                      .longest_slice = 9ms,
                                      .gc_steps = 100,
                                      .iteration_lag = 9ms}));
  CHECK_FALSE(is_notable(MachineSecond{}, Health{}));
  CHECK_FALSE(is_notable(MachineSecond{.steal = 0.01,
                                       .throttled = 0.01,
                                       .rss = 1ULL << 40,
                                       .open_files = 499,
                                       .used_ports = 499,
                                       .segments_out = 100'000,
                                       .retransmits = 99,
                                       .listen_drops = 0,
                                       .clock_step = 49ms},
                         Health{.file_limit = 1000, .port_limit = 1000}));
}

TEST_CASE("each figure alone makes a worker's second worth keeping") {
  CHECK(is_notable(WorkerSecond{.busy = 0.5}));
  CHECK(is_notable(WorkerSecond{.longest_turn = 10ms}));
  CHECK(is_notable(WorkerSecond{.timer_lateness = 10ms}));
  CHECK(is_notable(WorkerSecond{.longest_slice = 10ms}));
  CHECK(is_notable(WorkerSecond{.dropped = 1}));
  CHECK(is_notable(WorkerSecond{.iteration_lag = 10ms}));
}

TEST_CASE("each figure alone makes a machine's second worth keeping") {
  const Health limits{.file_limit = 1000, .port_limit = 1000};
  CHECK(is_notable(MachineSecond{.steal = 0.02}, limits));
  CHECK(is_notable(MachineSecond{.throttled = 0.02}, limits));
  CHECK(is_notable(MachineSecond{.open_files = 500}, limits));
  CHECK(is_notable(MachineSecond{.used_ports = 500}, limits));
  CHECK(is_notable(MachineSecond{.segments_out = 1000, .retransmits = 1}, limits));
  CHECK(is_notable(MachineSecond{.listen_drops = 1}, limits));
  CHECK(is_notable(MachineSecond{.clock_step = 50ms}, limits));
  CHECK(is_notable(MachineSecond{.clock_step = -50ms}, limits));
  CHECK_FALSE(is_notable(MachineSecond{.open_files = 500, .used_ports = 500}, Health{}));
}

TEST_CASE("only what is notable is kept, in the order of the seconds") {
  Health health;
  keep(health, WorkerSecond{.second = 4, .busy = 0.6});
  keep(health, WorkerSecond{.second = 5, .busy = 0.1});
  keep(health, WorkerSecond{.worker = 1, .second = 3, .busy = 0.7});
  keep(health, WorkerSecond{.worker = 1, .second = 4, .busy = 0.8});
  keep(health, MachineSecond{.second = 2});
  keep(health, MachineSecond{.second = 3, .steal = 0.5});
  REQUIRE(health.workers.size() == 3);
  CHECK(health.workers[0].second == 3);
  CHECK(health.workers[1].worker == 0);
  CHECK(health.workers[2].worker == 1);
  REQUIRE(health.machine.size() == 1);
  CHECK(health.machine[0].second == 3);
}

TEST_CASE("in a test of days neighbours become one, with the worst of both") {
  Health health;
  constexpr std::int64_t kSeconds = 50'001;
  for (std::int64_t second = 0; second < kSeconds; ++second) {
    for (std::uint32_t worker : {0U, 1U}) {
      keep(health, WorkerSecond{.worker = worker,
                                .second = second,
                                .busy = second % 2 == 1 ? 0.9 : 0.6,
                                .longest_slice = second == 7 ? 80ms : 1ms,
                                .slice_place = second == 7 ? "script.lua:7" : "",
                                .gc_steps = 1,
                                .dropped = 1});
    }
  }
  CHECK(health.workers.size() < 60'000);
  std::int64_t dropped = 0;
  std::int64_t last = 0;
  for (const WorkerSecond& second : health.workers) {
    dropped += second.dropped;
    CHECK(second.second >= last);
    last = second.second;
  }
  CHECK(dropped == 2 * kSeconds);
  const WorkerSecond expected{.worker = 1,
                              .second = 6,
                              .busy = 0.9,
                              .longest_slice = 80ms,
                              .slice_place = "script.lua:7",
                              .gc_steps = 2,
                              .dropped = 2};
  CHECK(health.workers[7] == expected);
}

TEST_CASE("of the machine's seconds, too, the worst is kept") {
  Health health;
  for (std::int64_t second = 0; second <= 100'000; ++second) {
    keep(health, MachineSecond{.second = second,
                               .steal = second % 2 == 1 ? std::optional(0.5) : std::nullopt,
                               .segments_out = 10,
                               .retransmits = 1,
                               .clock_step = second == 0 ? -60ms : 0ms});
  }
  REQUIRE(health.machine.size() == 50'001);
  const MachineSecond expected{
      .second = 0, .steal = 0.5, .segments_out = 20, .retransmits = 2, .clock_step = -60ms};
  CHECK(health.machine[0] == expected);
  CHECK_FALSE(health.machine[0].throttled.has_value());
}
