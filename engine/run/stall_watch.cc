#include "run/stall_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace loadrun::run {
namespace {

constexpr Nanoseconds kWarnAfter = 5s;
constexpr Nanoseconds kStopAfter = 1s;
constexpr Nanoseconds kLoseAfter = 3s;
constexpr Nanoseconds kLocateTimeout = 100ms;

std::string_view kind_text(script::ScriptSpot::Kind kind) {
  switch (kind) {
    case script::ScriptSpot::Kind::kInterpreted:
      return "interpreted code";
    case script::ScriptSpot::Kind::kCompiled:
      return "compiled code";
    default:
      return "a C function such as string.find";
  }
}

}  // namespace

StallWatch::StallWatch(const RunParts& run, std::vector<std::unique_ptr<Worker>>& workers)
    : run_(run), workers_(workers), watched_(workers.size()) {}

void StallWatch::look(TimePoint now) {
  for (std::uint32_t i = 0; i < watched_.size(); ++i) {
    if (!watched_[i].lost) look_at(i, now);
  }
}

void StallWatch::look_at(std::uint32_t index, TimePoint now) {
  Watched& watched = watched_[index];
  const std::uint64_t turns = run_.live.worker(index).turns.load(std::memory_order_relaxed);
  if (turns != watched.turns || watched.since == TimePoint{}) {
    watched = {.turns = turns, .since = now};
    return;
  }
  const Nanoseconds still = now - watched.since;
  const Nanoseconds late = demanded_ ? now - std::max(*demanded_, watched.since) : 0ns;
  if (still >= kWarnAfter && !watched.warned) {
    watched.warned = true;
    log_warning("worker {} has not waited for {:.0f} s, and its other VUs stand still: {}", index,
                to_seconds(still), describe(index));
  }
  if (late >= kStopAfter && !watched.stopped) {
    watched.stopped = true;
    workers_[index]->interrupter().request_stop(
        "interrupted: the script ran on without waiting when its time was over");
  }
  if (late >= kLoseAfter) {
    watched.lost = true;
    newly_lost_.push_back(
        fmt::format("worker {} is left behind, with what it measured in its last second: {}", index,
                    describe(index)));
  }
}

std::string StallWatch::describe(std::uint32_t index) const {
  const LiveWorker& live = run_.live.worker(index);
  std::string text = fmt::format("VU {}, iteration {}", live.vu.load(), live.iteration.load());
  const auto spot = workers_[index]->interrupter().locate(kLocateTimeout);
  if (!spot) return text;
  text += fmt::format(", in {}", kind_text(spot->kind));
  return spot->place.empty() ? text : text + " at " + spot->place;
}

}  // namespace loadrun::run
