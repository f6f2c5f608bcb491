#include "commands/timer_probe.h"

#include "support/catch.h"

using namespace loadrun;

TEST_CASE("the timer probe sleeps for its time and never wakes early") {
  const SystemClock clock;
  const TimePoint start = clock.now();
  const auto lateness = commands::timer_lateness(clock, 50ms);
  CHECK(clock.now() - start >= 50ms);
  REQUIRE(lateness.ok());
  CHECK(lateness.value().count() >= 1);
  CHECK(lateness.value().count() <= 50);  // of 1 ms each
  CHECK(lateness.value().min() >= 0);
}
