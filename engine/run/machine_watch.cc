#include "run/machine_watch.h"

#include <algorithm>

namespace loadrun::run {
namespace {

constexpr Nanoseconds kPeriod = 1s;
constexpr Nanoseconds kShortestRest = 100ms;
// Counting descriptors that takes longer than this is done every kRarely seconds.
constexpr Nanoseconds kCheap = 1ms;
constexpr std::int64_t kRarely = 10;

using Count = std::optional<std::uint64_t>;

/// Nothing, too, when the kernel began to count anew.
template <typename T>
std::optional<T> grown(std::optional<T> before, std::optional<T> now) {
  if (!before || !now || *now < *before) return std::nullopt;
  return *now - *before;
}

/// Two clocks can be compared only where nothing came between reading the one and the other.
std::optional<Nanoseconds> wall_offset(const Clock& clock) {
  constexpr int kAttempts = 3;
  constexpr Nanoseconds kTogether = 1ms;
  for (int i = 0; i < kAttempts; ++i) {
    const TimePoint before = clock.now();
    const Nanoseconds wall = clock.wall();
    const Nanoseconds between = clock.now() - before;
    if (between <= kTogether) return wall - before.since_origin - between / 2;
  }
  return std::nullopt;
}

std::optional<double> steal(const MachineCounters& before, const MachineCounters& now) {
  const Count stolen = grown(before.stolen, now.stolen);
  const Count all = grown(before.cpu_time, now.cpu_time);
  if (!stolen || all.value_or(0) == 0) return std::nullopt;
  return static_cast<double>(*stolen) / static_cast<double>(*all);
}

std::optional<double> throttled(const MachineCounters& before, const MachineCounters& now,
                                Nanoseconds elapsed) {
  const auto stood_still = grown(before.throttled, now.throttled);
  if (!stood_still) return std::nullopt;
  return std::min(to_seconds(*stood_still) / to_seconds(elapsed), 1.0);
}

/// Each port that this process holds is a descriptor, or a socket in TIME_WAIT; sockets of the
/// system count others' and a server's ends, too.
Count used_ports(const MachineCounters& now, Count open_files) {
  if (!now.sockets || !now.waiting_sockets) return std::nullopt;
  return std::min(*now.sockets, open_files.value_or(*now.sockets)) + *now.waiting_sockets;
}

}  // namespace

void MachineWatch::start(TimePoint origin) {
  origin_ = origin;
  next_ = origin + kPeriod;
  last_ = {origin, read_machine_counters(root_), wall_offset(clock_)};
}

std::optional<metrics::MachineSecond> MachineWatch::look(TimePoint now) {
  if (now < next_) return std::nullopt;
  const std::int64_t ended = (now - origin_) / kPeriod;
  next_ = origin_ + (ended + 1) * kPeriod;
  return figures(now, ended - 1);
}

std::optional<metrics::MachineSecond> MachineWatch::finish(TimePoint now) {
  if (now - last_.at < kShortestRest) return std::nullopt;
  return figures(now, (now - origin_) / kPeriod);
}

metrics::MachineSecond MachineWatch::figures(TimePoint now, std::int64_t second) {
  const Reading reading{now, read_machine_counters(root_), wall_offset(clock_)};
  const MachineCounters& before = last_.counters;
  const MachineCounters& counters = reading.counters;
  metrics::MachineSecond figures{.second = second,
                                 .steal = steal(before, counters),
                                 .throttled = throttled(before, counters, now - last_.at),
                                 .rss = counters.rss,
                                 .segments_out = grown(before.segments_out, counters.segments_out),
                                 .retransmits = grown(before.retransmits, counters.retransmits),
                                 .listen_drops = grown(before.listen_drops, counters.listen_drops)};
  count_files(figures);
  figures.used_ports = used_ports(counters, open_files_);
  if (reading.wall_offset && last_.wall_offset) {
    figures.clock_step = *reading.wall_offset - *last_.wall_offset;
  }
  const auto offset = reading.wall_offset ? reading.wall_offset : last_.wall_offset;
  last_ = {now, counters, offset};
  return figures;
}

void MachineWatch::count_files(metrics::MachineSecond& figures) {
  if (figures.second < count_files_from_) return;
  const TimePoint begin = clock_.now();
  open_files_ = count_open_files(root_);
  figures.open_files = open_files_;
  const bool is_cheap = clock_.now() - begin <= kCheap;
  count_files_from_ = figures.second + (is_cheap ? 1 : kRarely);
}

}  // namespace loadrun::run
