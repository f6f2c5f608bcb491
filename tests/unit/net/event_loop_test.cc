#include "net/event_loop.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/manual_clock.h"

using namespace loadrun;
using namespace loadrun::net;

namespace {

std::unique_ptr<EventLoop> make_loop(const Clock& clock) {
  return std::move(EventLoop::create(clock)).value();
}

void count(void* counter) { ++*static_cast<int*>(counter); }

struct Pair {
  UniqueFd ours, theirs;
  Pair() {
    std::array<int, 2> fds{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) == 0);
    ours.reset(fds[0]);
    theirs.reset(fds[1]);
  }
  void send() const { REQUIRE(::send(theirs.get(), "x", 1, 0) == 1); }
  void receive() const {
    char c = 0;
    REQUIRE(::recv(ours.get(), &c, 1, 0) == 1);
  }
};

struct Seen {
  int times = 0;
  std::uint32_t events = 0;
  static void on_ready(void* self, int, std::uint32_t events) {
    auto& seen = *static_cast<Seen*>(self);
    ++seen.times;
    seen.events |= events;
  }
};

// A turn that does not wait, whatever is armed.
void quick_turn(EventLoop& loop) {
  loop.wake();
  loop.turn();
}

}  // namespace

TEST_CASE("timers follow the clock that was given, and now() is the turn's") {
  test::ManualClock clock;
  const auto loop = make_loop(clock);
  int fired = 0;
  loop->run_at(clock.now() + 5ms, count, &fired);
  quick_turn(*loop);
  CHECK(fired == 0);
  clock.advance(5ms);
  quick_turn(*loop);
  CHECK(fired == 1);
  CHECK(loop->now() == clock.now());
}

TEST_CASE("a coarse delay counts from the call, not from the start of the turn") {
  test::ManualClock clock;
  const auto loop = make_loop(clock);
  int fired = 0;
  clock.advance(3ms);  // Since the loop read the clock.
  loop->run_after_coarse(10ms, count, &fired);
  clock.advance(10ms - 1ns);
  quick_turn(*loop);
  CHECK(fired == 0);
  clock.advance(1ns);
  quick_turn(*loop);
  CHECK(fired == 1);
}

TEST_CASE("a turn waits for the next deadline and no longer than that makes sense") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  int fired = 0;
  const TimePoint start = clock.now();
  loop->run_at(start + 20ms, count, &fired);
  int turns = 0;
  while (fired == 0) {
    loop->turn();
    ++turns;
  }
  CHECK(clock.now() - start >= 20ms);
  CHECK(turns <= 3);
}

TEST_CASE("wake from another thread ends a wait without deadline") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  loop->turn();
  std::thread other([&loop] { loop->wake(); });
  loop->turn();
  other.join();
  // The wake-up was consumed: the next turn waits for its timer.
  int fired = 0;
  loop->run_at(clock.now() + 2ms, count, &fired);
  loop->turn();
  CHECK(fired == 1);
}

TEST_CASE("the drive hook runs once a turn, after due timers") {
  test::ManualClock clock;
  const auto loop = make_loop(clock);
  struct Order {
    std::vector<char> log;
    static void timer(void* o) { static_cast<Order*>(o)->log.push_back('t'); }
    static void drive(void* o) { static_cast<Order*>(o)->log.push_back('d'); }
  } order;
  loop->set_drive(Order::drive, &order);
  loop->run_at(clock.now(), Order::timer, &order);
  quick_turn(*loop);
  quick_turn(*loop);
  CHECK(order.log == std::vector<char>{'t', 'd', 'd'});
}

TEST_CASE("a watched descriptor reports what is wanted of it, until nothing is") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  const Pair pair;
  Seen seen;
  loop->watch(pair.ours.get(), EPOLLIN, Seen::on_ready, &seen);
  quick_turn(*loop);
  CHECK(seen.times == 0);
  pair.send();
  quick_turn(*loop);
  CHECK(seen.times == 1);
  CHECK(seen.events == EPOLLIN);

  loop->watch(pair.ours.get(), EPOLLIN | EPOLLOUT, Seen::on_ready, &seen);
  quick_turn(*loop);
  CHECK(seen.events == (EPOLLIN | EPOLLOUT));

  loop->watch(pair.ours.get(), 0, nullptr, nullptr);
  quick_turn(*loop);
  const int before = seen.times;
  quick_turn(*loop);
  CHECK(seen.times == before);
}

TEST_CASE(
    "an unwanted descriptor that becomes readable does not keep the loop busy, and can be wanted "
    "again") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  const Pair pair;
  Seen seen;
  loop->watch(pair.ours.get(), EPOLLIN, Seen::on_ready, &seen);
  quick_turn(*loop);
  loop->watch(pair.ours.get(), 0, nullptr, nullptr);
  quick_turn(*loop);
  pair.send();
  int fired = 0;
  loop->run_at(clock.now() + 20ms, count, &fired);
  int turns = 0;
  while (fired == 0) {
    loop->turn();
    ++turns;
  }
  CHECK(turns <= 4);
  CHECK(seen.times == 0);

  loop->watch(pair.ours.get(), EPOLLIN, Seen::on_ready, &seen);
  quick_turn(*loop);
  quick_turn(*loop);
  CHECK(seen.times >= 1);
}

TEST_CASE("a descriptor number used again after forget() belongs to the new file") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  auto first = std::make_unique<Pair>();
  const int number = first->ours.get();
  Seen old_seen;
  Seen new_seen;
  loop->watch(number, EPOLLIN, Seen::on_ready, &old_seen);
  quick_turn(*loop);
  loop->forget(number);
  first.reset();
  const Pair second;
  REQUIRE((second.ours.get() == number || second.theirs.get() == number));
  loop->watch(second.ours.get(), EPOLLIN, Seen::on_ready, &new_seen);
  second.send();
  quick_turn(*loop);
  quick_turn(*loop);
  CHECK(old_seen.times == 0);
  CHECK(new_seen.times >= 1);
}

TEST_CASE("an event already fetched for a forgotten descriptor is dropped") {
  const SystemClock clock;
  const auto loop = make_loop(clock);
  const Pair a;
  const Pair b;
  struct Killer {
    EventLoop& loop;
    int a, b;
    int times = 0;
    static void on_ready(void* self, int fd, std::uint32_t) {
      auto& killer = *static_cast<Killer*>(self);
      ++killer.times;
      killer.loop.forget(fd == killer.a ? killer.b : killer.a);
    }
  } killer{*loop, a.ours.get(), b.ours.get()};
  loop->watch(killer.a, EPOLLIN, Killer::on_ready, &killer);
  loop->watch(killer.b, EPOLLIN, Killer::on_ready, &killer);
  a.send();
  b.send();
  quick_turn(*loop);
  CHECK(killer.times == 1);
}

TEST_CASE("a hundred sleepers of 10 ms cost a small part of a core") {
  struct Sleeper {
    EventLoop& loop;
    int& wakes;
    static void fire(void* self) {
      auto& sleeper = *static_cast<Sleeper*>(self);
      ++sleeper.wakes;
      sleeper.loop.run_after_coarse(10ms, fire, self);
    }
  };
  const SystemClock clock;
  const auto loop = make_loop(clock);
  int wakes = 0;
  std::vector<Sleeper> sleepers(100, Sleeper{*loop, wakes});
  for (Sleeper& sleeper : sleepers) Sleeper::fire(&sleeper);
  const auto cpu = [] {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) +
           std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  };
  const TimePoint start = clock.now();
  const Nanoseconds cpu_start = cpu();
  int turns = 0;
  for (; clock.now() - start < 300ms; ++turns) loop->turn();
  CHECK(wakes >= 1000);
  CHECK(turns <= 400);  // At most one a millisecond, and not one per wake-up.
  CHECK((cpu() - cpu_start) * 10 <= clock.now() - start);
}
