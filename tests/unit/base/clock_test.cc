#include "base/clock.h"

#include "support/catch.h"
#include "support/manual_clock.h"

namespace loadrun {
namespace {

TEST_CASE("instants and durations are added and compared") {
  const TimePoint start{10s};
  CHECK(start + 5s == TimePoint{15s});
  CHECK(start - 5s == TimePoint{5s});
  CHECK(TimePoint{15s} - start == 5s);
  CHECK(start < TimePoint{11s});
  CHECK(to_milliseconds(1500us) == 1.5);
  CHECK(to_seconds(1500ms) == 1.5);
}

TEST_CASE("the machine's clock does not go back") {
  const SystemClock clock;
  const TimePoint first = clock.now();
  CHECK(clock.now() >= first);
  // After 2020: it is the time of day and not the time since the start.
  CHECK(clock.wall() > std::chrono::hours(24 * 365 * 50));
}

TEST_CASE("the virtual clock moves when told to") {
  test::ManualClock clock;
  const TimePoint start = clock.now();
  clock.advance(3s);
  CHECK(clock.now() - start == 3s);
}

}  // namespace
}  // namespace loadrun
