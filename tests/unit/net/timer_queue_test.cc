#include "net/timer_queue.h"

#include <string>
#include <vector>

#include "base/random.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::net;

namespace {

TimePoint at(Nanoseconds t) { return {t}; }

struct Mark {
  std::vector<int>& log;
  int number;
  static void fire(void* self) {
    const auto& mark = *static_cast<Mark*>(self);
    mark.log.push_back(mark.number);
  }
};

}  // namespace

TEST_CASE("timers fire in the order of their instants, equal ones in the order of arming") {
  TimerQueue queue;
  std::vector<int> log;
  Mark a{log, 1}, b{log, 2}, c{log, 3}, d{log, 4};
  queue.add(at(30ms), Mark::fire, &a);
  queue.add(at(10ms), Mark::fire, &b);
  queue.add(at(30ms), Mark::fire, &c);
  queue.add(at(31ms), Mark::fire, &d);
  CHECK(queue.next() == at(10ms));
  queue.run_due(at(9'999'999ns));
  CHECK(log.empty());
  queue.run_due(at(30ms));
  CHECK(log == std::vector<int>{2, 1, 3});
  CHECK(queue.next() == at(31ms));
}

TEST_CASE("a coarse timer fires at the next full millisecond, never early") {
  TimerQueue queue;
  std::vector<int> log;
  Mark on_grid{log, 1}, between{log, 2};
  queue.add_coarse(at(5ms), Mark::fire, &on_grid);
  queue.add_coarse(at(5ms + 1ns), Mark::fire, &between);
  queue.run_due(at(5ms));
  CHECK(log == std::vector<int>{1});
  CHECK(queue.next() == at(6ms));
  queue.run_due(at(6ms));
  CHECK(log == std::vector<int>{1, 2});
  CHECK_FALSE(queue.next().has_value());
}

TEST_CASE("ten thousand coarse timers of one millisecond need one wake-up") {
  TimerQueue queue;
  std::vector<int> log;
  std::vector<Mark> marks(10'000, Mark{log, 0});
  for (std::size_t i = 0; i < marks.size(); ++i) {
    marks[i].number = static_cast<int>(i);
    queue.add_coarse(at(7ms + Nanoseconds(static_cast<std::int64_t>(i) + 1)), Mark::fire,
                     &marks[i]);
  }
  CHECK(queue.next() == at(8ms));
  queue.run_due(at(8ms));
  REQUIRE(log.size() == 10'000);
  CHECK(std::is_sorted(log.begin(), log.end()));
  CHECK_FALSE(queue.next().has_value());
}

TEST_CASE("coarse timers further apart than the slot table do not mix") {
  TimerQueue queue;
  std::vector<int> log;
  Mark soon{log, 1}, later{log, 2};
  queue.add_coarse(at(4096ms + 3ms), Mark::fire, &later);
  queue.add_coarse(at(3ms), Mark::fire, &soon);
  queue.run_due(at(3ms));
  CHECK(log == std::vector<int>{1});
  queue.run_due(at(4099ms));
  CHECK(log == std::vector<int>{1, 2});
}

TEST_CASE("a cancelled timer does not fire and does not wake") {
  TimerQueue queue;
  std::vector<int> log;
  Mark a{log, 1}, b{log, 2}, c{log, 3};
  const TimerId exact = queue.add(at(1ms), Mark::fire, &a);
  const TimerId coarse = queue.add_coarse(at(2ms), Mark::fire, &b);
  queue.add_coarse(at(2ms), Mark::fire, &c);
  queue.cancel(exact);
  CHECK(queue.next() == at(2ms));
  queue.cancel(coarse);
  queue.run_due(at(2ms));
  CHECK(log == std::vector<int>{3});
}

TEST_CASE("the handle of a timer that fired cancels nothing, even when its place is used again") {
  TimerQueue queue;
  std::vector<int> log;
  Mark a{log, 1}, b{log, 2};
  const TimerId fired = queue.add(at(1ms), Mark::fire, &a);
  queue.run_due(at(1ms));
  queue.add(at(2ms), Mark::fire, &b);
  queue.cancel(fired);
  queue.cancel(TimerId{});
  queue.run_due(at(2ms));
  CHECK(log == std::vector<int>{1, 2});
}

TEST_CASE("what a callback arms waits for the next run, what it cancels does not fire") {
  struct Chain {
    TimerQueue queue;
    TimerId victim{};
    int runs = 0;
    static void fire(void* self) {
      auto& chain = *static_cast<Chain*>(self);
      ++chain.runs;
      chain.queue.cancel(chain.victim);
      chain.queue.add(at(1ms), fire, self);
    }
  } chain;
  std::vector<int> log;
  Mark victim{log, 1};
  chain.queue.add(at(1ms), Chain::fire, &chain);
  chain.victim = chain.queue.add(at(1ms), Mark::fire, &victim);
  chain.queue.run_due(at(5ms));
  CHECK(chain.runs == 1);
  CHECK(log.empty());
  chain.queue.run_due(at(5ms));
  CHECK(chain.runs == 2);
}

TEST_CASE("random arming and cancelling fires exactly the rest, in order") {
  struct Shot {
    std::vector<TimePoint>& log;
    TimePoint when;
    static void fire(void* self) {
      const auto& shot = *static_cast<Shot*>(self);
      shot.log.push_back(shot.when);
    }
  };
  TimerQueue queue;
  std::vector<TimePoint> log;
  std::vector<Shot> shots;
  std::vector<TimerId> ids;
  CounterRandom random(42);
  for (int i = 0; i < 5000; ++i)
    shots.push_back({log, at(Nanoseconds(1ms) * static_cast<int>(random.next() % 900))});
  for (Shot& shot : shots) {
    ids.push_back(random.next() % 2 == 0 ? queue.add(shot.when, Shot::fire, &shot)
                                         : queue.add_coarse(shot.when, Shot::fire, &shot));
  }
  std::size_t cancelled = 0;
  for (std::size_t i = 0; i < ids.size(); i += 3, ++cancelled) queue.cancel(ids[i]);
  for (int turn = 1; turn <= 10; ++turn) {
    queue.run_due(at(Nanoseconds(100ms) * turn));
    CHECK((!queue.next() || *queue.next() > at(Nanoseconds(100ms) * turn)));
  }
  CHECK(log.size() == shots.size() - cancelled);
  CHECK(std::is_sorted(log.begin(), log.end()));
}
