#include "metrics/verdict_hits.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace loadrun::metrics::verdict_hits {
namespace {

constexpr double kPercent = 100;

double percent_busy(const WorkerSecond& second) { return kPercent * second.busy; }
bool is_overloaded(const WorkerSecond& second) { return percent_busy(second) > kOverloaded; }

bool is_stalled(const WorkerSecond& second) {
  return std::max(second.longest_turn, second.timer_lateness) > kStall;
}

/// Whether other rules, of stalls and slow scripts, say why that second had such a delay.
bool is_explained(const WorkerSecond& second, Nanoseconds delay) {
  constexpr Nanoseconds kAround = 50ms;  // what else a turn with a slow script does
  return is_stalled(second) ||
         (second.longest_slice >= kLongSlice && delay <= second.longest_slice + kAround);
}

template <typename Figure>
std::vector<Hit> of_workers(const Health& health, Figure figure) {
  std::vector<Hit> hits;
  for (const WorkerSecond& second : health.workers) {
    const double value = figure(second);
    if (!(value > 0)) continue;
    hits.push_back({.worker = second.worker,
                    .first = second.second,
                    .last = second.second,
                    .figure = value,
                    .busy = percent_busy(second),
                    .delay = std::max(second.longest_turn, second.timer_lateness),
                    .place = second.slice_place});
  }
  return hits;
}

template <typename Figure>
std::vector<Hit> of_machine(const Health& health, Figure figure) {
  std::vector<Hit> hits;
  for (const MachineSecond& second : health.machine) {
    const double value = figure(second);
    if (!(value > 0)) continue;
    hits.push_back({.worker = std::nullopt,
                    .first = second.second,
                    .last = second.second,
                    .figure = value,
                    .place = {}});
  }
  return hits;
}

/// Of the whole run.
std::vector<Hit> of_run(const Health& health, std::int64_t count) {
  if (count <= 0) return {};
  return {{.worker = std::nullopt,
           .first = 0,
           .last = std::max<std::int64_t>(health.seconds - 1, 0),
           .figure = static_cast<double>(count),
           .whole = static_cast<double>(health.intended),
           .place = {}}};
}

double share(const std::optional<std::uint64_t>& part, const std::optional<std::uint64_t>& whole) {
  if (!part || !whole || *whole == 0) return 0;
  return kPercent * static_cast<double>(*part) / static_cast<double>(*whole);
}

std::int64_t dropped_by_overloaded(const Health& health) {
  std::int64_t dropped = 0;
  for (const WorkerSecond& second : health.workers) {
    if (is_overloaded(second)) dropped += second.dropped;
  }
  return dropped;
}

}  // namespace

std::vector<Hit> lost_workers(const Health& health) { return of_run(health, health.lost_workers); }

std::vector<Hit> imbalances(const Health& health) { return of_run(health, health.imbalances); }

std::vector<Hit> stalls(const Health& health) {
  return of_workers(health, [](const WorkerSecond& second) {
    return to_seconds(std::max(second.longest_turn, second.timer_lateness));
  });
}

std::vector<Hit> drops_of_overloaded(const Health& health) {
  return of_workers(health, [](const WorkerSecond& second) {
    return is_overloaded(second) ? static_cast<double>(second.dropped) : 0;
  });
}

std::vector<Hit> lateness_of_overloaded(const Health& health) {
  return of_workers(health, [](const WorkerSecond& second) {
    if (!is_overloaded(second)) return 0.0;
    return to_milliseconds(std::max(second.timer_lateness, second.iteration_lag));
  });
}

std::vector<Hit> clock_steps(const Health& health) {
  return of_machine(
      health, [](const MachineSecond& second) { return std::abs(to_seconds(second.clock_step)); });
}

std::vector<Hit> drops(const Health& health) {
  return of_run(health, health.dropped - dropped_by_overloaded(health));
}

std::vector<Hit> unscheduled(const Health& health) { return of_run(health, health.unscheduled); }

std::vector<Hit> busy(const Health& health) { return of_workers(health, percent_busy); }

std::vector<Hit> slices(const Health& health) {
  return of_workers(
      health, [](const WorkerSecond& second) { return to_milliseconds(second.longest_slice); });
}

std::vector<Hit> turns(const Health& health) {
  return of_workers(health, [](const WorkerSecond& second) {
    return is_explained(second, second.longest_turn) ? 0 : to_milliseconds(second.longest_turn);
  });
}

std::vector<Hit> lateness(const Health& health) {
  return of_workers(health, [](const WorkerSecond& second) {
    const Nanoseconds lag = is_overloaded(second) ? second.iteration_lag : 0ns;
    const Nanoseconds late = std::max(second.timer_lateness, lag);
    return is_explained(second, late) ? 0 : to_milliseconds(late);
  });
}

std::vector<Hit> steal(const Health& health) {
  return of_machine(
      health, [](const MachineSecond& second) { return kPercent * second.steal.value_or(0); });
}

std::vector<Hit> throttled(const Health& health) {
  return of_machine(
      health, [](const MachineSecond& second) { return kPercent * second.throttled.value_or(0); });
}

std::vector<Hit> files(const Health& health) {
  return of_machine(health, [&](const MachineSecond& second) {
    return share(second.open_files, health.file_limit);
  });
}

std::vector<Hit> ports(const Health& health) {
  return of_machine(health, [&](const MachineSecond& second) {
    return share(second.used_ports, health.port_limit);
  });
}

std::vector<Hit> retransmits(const Health& health) {
  return of_machine(health, [](const MachineSecond& second) {
    const bool few = static_cast<double>(second.segments_out.value_or(0)) < kFewSegments;
    return few ? 0 : share(second.retransmits, second.segments_out);
  });
}

std::vector<Hit> listen_drops(const Health& health) {
  return of_machine(health, [](const MachineSecond& second) {
    return static_cast<double>(second.listen_drops.value_or(0));
  });
}

}  // namespace loadrun::metrics::verdict_hits
