#include "outputs/wall_time_text.h"

#include <cstdlib>
#include <ctime>

#include "support/catch.h"

using namespace loadrun;

namespace {

struct Zone {
  explicit Zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~Zone() {
    unsetenv("TZ");
    tzset();
  }
};

std::string precise(outputs::WallTimeText& times, Nanoseconds wall) {
  std::string text;
  times.append_nanoseconds(text, wall);
  return text;
}

}  // namespace

TEST_CASE("times of day have as many digits as they need, and Z for UTC") {
  const Zone zone("UTC");
  outputs::WallTimeText times;
  CHECK(precise(times, 1614173830s) == "2021-02-24T13:37:10Z");
  CHECK(precise(times, 1614173830s + 1ns) == "2021-02-24T13:37:10.000000001Z");
  CHECK(precise(times, 1614173830s + 635210910ns) == "2021-02-24T13:37:10.63521091Z");
  CHECK(precise(times, 1614173831s + 500ms) == "2021-02-24T13:37:11.5Z");
  CHECK(precise(times, 1614173830s) == "2021-02-24T13:37:10Z");
}

TEST_CASE("times of day are local, with the zone's offset at that time") {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  outputs::WallTimeText times;
  CHECK(precise(times, 1614173830s) == "2021-02-24T14:37:10+01:00");
  CHECK(precise(times, 1625000000s) == "2021-06-29T22:53:20+02:00");
  std::string seconds;
  times.append_seconds(seconds, 1614173830s + 999ms);
  CHECK(seconds == "2021-02-24T14:37:10+01:00");
}

TEST_CASE("a zone west of Greenwich and one of half hours") {
  outputs::WallTimeText newfoundland;
  const Zone zone("NST3:30");
  CHECK(precise(newfoundland, 1614173830s) == "2021-02-24T10:07:10-03:30");
}
