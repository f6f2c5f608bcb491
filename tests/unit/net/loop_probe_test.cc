#include "net/loop_probe.h"

#include "net/event_loop.h"
#include "support/catch.h"
#include "support/manual_clock.h"

using namespace loadrun;
using namespace loadrun::net;

namespace {

constexpr TimePoint kOrigin{1000s};

TimePoint at(Nanoseconds since_origin) { return kOrigin + since_origin; }

/// A probe that was started at kOrigin, in a turn that began 5 ms before.
struct Started {
  LoopProbe probe;
  Started() {
    probe.begin_turn(at(-5ms), std::nullopt);
    probe.start(kOrigin);
  }
  void turn(Nanoseconds begin, Nanoseconds end, std::optional<TimePoint> deadline = std::nullopt) {
    probe.begin_turn(at(begin), deadline);
    probe.end_turn(at(end));
  }
};

}  // namespace

TEST_CASE("busy is what lies between waits, second by second") {
  Started loop;
  loop.probe.end_turn(at(10ms));
  loop.turn(100ms, 150ms);
  loop.turn(900ms, 1100ms);
  loop.turn(2200ms, 2201ms);
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[0].second == 0);
  CHECK(seconds[0].busy == 10ms + 50ms + 100ms);
  CHECK(seconds[0].longest_turn == 50ms);
  CHECK(seconds[1].second == 1);
  CHECK(seconds[1].busy == 100ms);
  CHECK(seconds[1].longest_turn == 200ms);  // it ended here
  CHECK(seconds[1].length == 1s);
  CHECK(loop.probe.take().empty());
}

TEST_CASE("what the turn did before the origin does not count") {
  Started loop;
  loop.probe.stop(at(3ms));
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].longest_turn == 3ms);
  CHECK(seconds[0].busy == 3ms);
  CHECK(seconds[0].length == 3ms);
}

TEST_CASE("a turn of more than a second fills the seconds it lasts in and belongs to its last") {
  Started loop;
  loop.probe.end_turn(at(0ms));
  loop.turn(600ms, 2100ms);
  loop.turn(3000ms, 3000ms);
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 3);
  CHECK(seconds[0].busy == 400ms);
  CHECK(seconds[1].busy == 1s);
  CHECK(seconds[2].busy == 100ms);
  CHECK(seconds[0].longest_turn == 0ms);
  CHECK(seconds[1].longest_turn == 0ms);
  CHECK(seconds[2].longest_turn == 1500ms);
}

TEST_CASE("a wait that came back late is lateness of the timer, not a turn") {
  Started loop;
  loop.probe.end_turn(at(10ms));
  loop.turn(1600ms, 1601ms, at(100ms));
  loop.turn(1700ms, 1701ms, at(1800ms));  // before its deadline: something else woke it
  loop.turn(2100ms, 2100ms, at(2099ms));
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[0].timer_lateness == 0ms);
  CHECK(seconds[1].timer_lateness == 1500ms);
  CHECK(seconds[1].longest_turn == 1ms);
  CHECK(seconds[0].busy + seconds[1].busy == 12ms);
}

TEST_CASE("a wait too short to rest in is busy time") {
  Started loop;
  loop.probe.end_turn(at(100us));
  for (int i = 1; i < 10'000; ++i) loop.turn(100us * i + 9us, 100us * (i + 1));
  loop.turn(1000100us, 1000200us);
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].busy == 1s);
  CHECK(seconds[0].longest_turn == 100us);
}

TEST_CASE("a short rest belongs to the last second, a longer one is one of its own") {
  Started loop;
  loop.probe.end_turn(at(0ms));
  loop.turn(1010ms, 1020ms);
  loop.probe.begin_turn(at(1030ms), at(1025ms));
  CHECK(loop.probe.stop(at(1060ms)) == 0);
  const auto joined = loop.probe.take();
  REQUIRE(joined.size() == 1);
  CHECK(joined[0].length == 1060ms);
  CHECK(joined[0].busy == 40ms);
  CHECK(joined[0].longest_turn == 30ms);
  CHECK(joined[0].timer_lateness == 5ms);

  Started other;
  other.probe.end_turn(at(0ms));
  other.probe.begin_turn(at(1110ms), std::nullopt);
  CHECK(other.probe.stop(at(1120ms)) == 1);
  const auto apart = other.probe.take();
  REQUIRE(apart.size() == 2);
  CHECK(apart[1].second == 1);
  CHECK(apart[1].length == 120ms);
  CHECK(apart[1].busy == 10ms);
}

TEST_CASE("nothing is counted before the start and after the stop") {
  LoopProbe probe;
  probe.end_turn(at(0s));
  probe.begin_turn(at(5s), at(1s));
  probe.end_turn(at(9s));
  CHECK(probe.take().empty());
  probe.begin_turn(at(10s), std::nullopt);
  probe.start(at(10s));
  probe.stop(at(10s + 500ms));
  probe.end_turn(at(20s));
  probe.begin_turn(at(30s), at(1s));
  CHECK(probe.take().size() == 1);
}

TEST_CASE("the second of an instant within a turn") {
  Started loop;
  CHECK(loop.probe.second() == 0);
  loop.probe.go_on_to(at(2300ms));
  CHECK(loop.probe.second() == 2);
  const auto seconds = loop.probe.take();
  REQUIRE(seconds.size() == 2);
  CHECK(seconds[0].busy == 1s);
}

TEST_CASE("the loop tells its probe of turns and timers") {
  test::ManualClock clock;
  const auto loop = std::move(EventLoop::create(clock)).value();
  const auto quick_turn = [&] {
    loop->wake();
    loop->turn();
  };
  quick_turn();
  loop->probe().start(clock.now());
  struct Work {
    test::ManualClock& clock;
    static void run(void* self) { static_cast<Work*>(self)->clock.advance(300ms); }
  } work{clock};
  loop->run_at(clock.now() + 100ms, Work::run, &work);
  quick_turn();
  clock.advance(150ms);  // in what the loop takes for a turn: nobody waits on this clock
  quick_turn();
  clock.advance(800ms);
  quick_turn();
  const auto seconds = loop->probe().take();
  REQUIRE(seconds.size() == 1);
  CHECK(seconds[0].timer_lateness == 50ms);
  CHECK(seconds[0].busy == 1s);
}
