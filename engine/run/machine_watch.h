#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/machine_counters.h"
#include "metrics/health.h"

namespace loadrun::run {

/// Reads once a second of the scenarios what the machine is like. Confined to the coordinator.
class MachineWatch {
 public:
  /// `clock` outlives this; `root` is "/" except in tests.
  explicit MachineWatch(const Clock& clock, std::filesystem::path root = "/")
      : clock_(clock), root_(std::move(root)) {}

  /// The scenarios started at `origin`, just now.
  void start(TimePoint origin);
  /// The figures since the last time there were some, if a second has ended at `now`; they belong
  /// to the last that did. REQUIRES: started.
  std::optional<metrics::MachineSecond> look(TimePoint now);
  /// Those of the rest, the scenarios having ended at `now`: nothing when it is shorter than 100
  /// ms, in which the kernel's ticks say little.
  std::optional<metrics::MachineSecond> finish(TimePoint now);

 private:
  struct Reading {
    TimePoint at{};
    MachineCounters counters;
    std::optional<Nanoseconds> wall_offset;  ///< The time of day less the steady clock.
  };

  metrics::MachineSecond figures(TimePoint now, std::int64_t second);
  void count_files(metrics::MachineSecond& figures);

  const Clock& clock_;
  const std::filesystem::path root_;
  TimePoint origin_{}, next_{};
  Reading last_;
  std::int64_t count_files_from_ = 0;  // this second on
  std::optional<std::uint64_t> open_files_;
};

}  // namespace loadrun::run
