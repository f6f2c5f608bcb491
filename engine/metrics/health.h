#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace loadrun::metrics {

/// What the loop of one worker did in one second of the scenarios.
struct WorkerSecond {
  std::uint32_t worker = 0;
  std::int64_t second = 0;        ///< As Delta::second.
  double busy = 0;                ///< Share of the second outside the wait for events, 0 to 1.
  Nanoseconds longest_turn{0};    ///< From the end of a wait to the next wait.
  Nanoseconds timer_lateness{0};  ///< Of the latest timer, against its deadline.
  Nanoseconds longest_slice{0};   ///< Of a script: from being resumed to waiting again.
  std::string slice_place = {};   ///< Where that one ended: "script.lua:12"; "" if not known.
  std::uint64_t gc_steps = 0;     ///< Collections of Lua's memory begun.
  std::int64_t dropped = 0;       ///< Arrivals that found no VU.
  Nanoseconds iteration_lag{0};   ///< Of the iteration that began latest against its intention.
};

/// What one second of the scenarios was on this machine; absent is what the machine does not tell.
struct MachineSecond {
  std::int64_t second = 0;
  std::optional<double> steal = {};  ///< Share of its CPU time that went to other machines, 0 to 1.
  std::optional<double> throttled = {};   ///< Share of the second in which a CPU quota stopped us.
  std::optional<std::uint64_t> rss = {};  ///< Bytes of memory of the process.
  std::optional<std::uint64_t> open_files = {};    ///< Descriptors of the process.
  std::optional<std::uint64_t> used_ports = {};    ///< Ephemeral ports in use.
  std::optional<std::uint64_t> segments_out = {};  ///< TCP segments sent in that second,
  std::optional<std::uint64_t> retransmits = {};   ///< and how many of them once more.
  std::optional<std::uint64_t> listen_drops = {};  ///< Connections that listeners here turned away.
  Nanoseconds clock_step{0};  ///< By which the time of day moved against the steady clock.
};

/// How the load generator itself did in a run: what its verdict is judged by.
struct Health {
  std::vector<WorkerSecond> workers;             ///< Ascending by second.
  std::vector<MachineSecond> machine;            ///< Ascending by second.
  std::optional<std::uint64_t> file_limit = {};  ///< Descriptors the process may have.
  std::optional<std::uint64_t> port_limit = {};  ///< Ephemeral ports to one destination.
  std::uint32_t lost_workers = 0;                ///< Left behind in a script that never came back.
  std::int64_t seconds = 0;                      ///< That the scenarios took, whole ones.
  std::int64_t intended = 0;                     ///< Arrivals that the schedules meant to start.
  std::int64_t dropped = 0;                      ///< Of those: found no VU,
  std::int64_t unscheduled = 0;                  ///< or still waited for one at the end.
};

}  // namespace loadrun::metrics
