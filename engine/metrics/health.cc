#include "metrics/health.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace loadrun::metrics {
namespace {

constexpr double kBusy = 0.5;
constexpr Nanoseconds kLong = 10ms;
constexpr double kTakenAway = 0.02;  // of the CPU time
constexpr Nanoseconds kClockStep = 50ms;
constexpr std::uint64_t kPartOfLimit = 2;  // half of it
constexpr std::uint64_t kSegmentsPerRetransmit = 1000;

constexpr std::size_t kMostSeconds = 100'000;

bool nears(std::optional<std::uint64_t> used, std::optional<std::uint64_t> limit) {
  return used && limit && *used >= *limit / kPartOfLimit;
}

template <typename T>
void keep_larger(T& mine, const T& other) {
  mine = std::max(mine, other);
}

/// Both as one: the worst of either, or their sum where it is a count.
void merge(WorkerSecond& mine, WorkerSecond& other) {
  keep_larger(mine.busy, other.busy);
  keep_larger(mine.longest_turn, other.longest_turn);
  keep_larger(mine.timer_lateness, other.timer_lateness);
  keep_larger(mine.iteration_lag, other.iteration_lag);
  if (other.longest_slice > mine.longest_slice) {
    mine.longest_slice = other.longest_slice;
    mine.slice_place = std::move(other.slice_place);
  }
  mine.gc_steps += other.gc_steps;
  mine.dropped += other.dropped;
}

void merge(MachineSecond& mine, const MachineSecond& other) {
  keep_larger(mine.steal, other.steal);  // an absent figure is less than any
  keep_larger(mine.throttled, other.throttled);
  keep_larger(mine.rss, other.rss);
  keep_larger(mine.open_files, other.open_files);
  keep_larger(mine.used_ports, other.used_ports);
  const auto add = [](std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> more) {
    if (more) sum = sum.value_or(0) + *more;
  };
  add(mine.segments_out, other.segments_out);
  add(mine.retransmits, other.retransmits);
  add(mine.listen_drops, other.listen_drops);
  const auto size = [](Nanoseconds step) { return step < 0ns ? -step : step; };
  if (size(other.clock_step) > size(mine.clock_step)) mine.clock_step = other.clock_step;
}

std::uint32_t worker_of(const WorkerSecond& second) { return second.worker; }
std::uint32_t worker_of(const MachineSecond&) { return 0; }

/// Halves what is kept: each second takes in the next one of its worker.
template <typename Second>
void halve(std::vector<Second>& kept) {
  std::vector<Second> halved;
  std::unordered_map<std::uint32_t, std::size_t> open;  // by worker, what takes in its next one
  for (Second& second : kept) {
    const auto [place, is_new] = open.try_emplace(worker_of(second), halved.size());
    if (is_new) {
      halved.push_back(std::move(second));
    } else {
      merge(halved[place->second], second);
      open.erase(place);
    }
  }
  kept = std::move(halved);
}

template <typename Second>
void keep_bounded(std::vector<Second>& kept, Second second, std::size_t most) {
  const auto place = std::ranges::upper_bound(kept, second.second, {}, &Second::second);
  kept.insert(place, std::move(second));  // nearly always at the end
  if (kept.size() > most) halve(kept);
}

}  // namespace

bool is_notable(const WorkerSecond& second) {
  return second.busy >= kBusy || second.dropped > 0 ||
         std::max({second.longest_turn, second.timer_lateness, second.longest_slice,
                   second.iteration_lag}) >= kLong;
}

bool is_notable(const MachineSecond& second, const Health& limits) {
  const bool loses_segments = second.retransmits && second.segments_out &&
                              *second.retransmits > 0 &&
                              *second.retransmits * kSegmentsPerRetransmit >= *second.segments_out;
  return second.steal.value_or(0) >= kTakenAway || second.throttled.value_or(0) >= kTakenAway ||
         second.clock_step >= kClockStep || second.clock_step <= -kClockStep ||
         second.listen_drops.value_or(0) > 0 || loses_segments ||
         nears(second.open_files, limits.file_limit) || nears(second.used_ports, limits.port_limit);
}

void keep(Health& health, WorkerSecond second) {
  if (is_notable(second)) keep_bounded(health.workers, std::move(second), kMostSeconds);
}

void keep(Health& health, const MachineSecond& second) {
  if (is_notable(second, health)) keep_bounded(health.machine, second, kMostSeconds);
}

}  // namespace loadrun::metrics
