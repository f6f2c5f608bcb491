#include "base/cpu_time.h"

#include <atomic>

#include "support/catch.h"

using namespace loadrun;

TEST_CASE("a thread's CPU time grows while it works, and not while it sleeps") {
  const SystemClock clock;
  std::atomic<bool> works{true};
  std::atomic<bool> ends{false};
  std::thread thread([&] {
    while (works) continue;
    while (!ends) std::this_thread::sleep_for(1ms);
  });
  while (cpu_time_of(thread) < 20ms) std::this_thread::sleep_for(1ms);
  works = false;
  std::this_thread::sleep_for(5ms);
  const Nanoseconds worked = cpu_time_of(thread);
  const TimePoint start = clock.now();
  std::this_thread::sleep_for(100ms);
  CHECK(cpu_time_of(thread) - worked < (clock.now() - start) / 2);
  ends = true;
  thread.join();
}
