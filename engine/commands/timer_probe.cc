#include "commands/timer_probe.h"

#include "net/event_loop.h"

namespace loadrun::commands {
namespace {

constexpr Nanoseconds kSleep = 1ms;

}  // namespace

Result<metrics::Histogram> timer_lateness(const Clock& clock, Nanoseconds length) {
  auto loop = net::EventLoop::create(clock);
  if (!loop.ok()) return loop.error();
  metrics::Histogram lateness(metrics::ValueKind::kTime);
  const TimePoint end = clock.now() + length;
  while (clock.now() < end) {
    const TimePoint due = clock.now() + kSleep;
    bool woken = false;
    loop.value()->run_at(
        due, [](void* flag) { *static_cast<bool*>(flag) = true; }, &woken);
    while (!woken) loop.value()->turn();
    lateness.add(to_milliseconds(loop.value()->now() - due));
  }
  return lateness;
}

}  // namespace loadrun::commands
