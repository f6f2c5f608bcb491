#include "base/clock.h"

#include <ctime>

namespace loadrun {
namespace {

Nanoseconds read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + Nanoseconds(t.tv_nsec);
}

}  // namespace

TimePoint SystemClock::now() const { return {read(CLOCK_MONOTONIC)}; }
Nanoseconds SystemClock::wall() const { return read(CLOCK_REALTIME); }

}  // namespace loadrun
