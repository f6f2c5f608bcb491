#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace loadrun::metrics {

/// What the loop of one worker did in one second of the scenarios: to the end of its own part of
/// them. A last piece shorter than 100 ms belongs to the second before; busy is a share of what
/// there is.
struct WorkerSecond {
  std::uint32_t worker = 0;
  std::int64_t second = 0;        ///< As Delta::second.
  double busy = 0;                ///< Share of the second outside the wait for events, 0 to 1.
  Nanoseconds longest_turn{0};    ///< From the end of a wait to the next wait.
  Nanoseconds timer_lateness{0};  ///< Of the latest timer, against its deadline.
  Nanoseconds longest_slice{0};   ///< Of a script: from being resumed to waiting again.
  /// Where that one waited, "script.lua:12", or what it came to the end of: the line of the
  /// function that was called or, when it failed, of the error. "" below 10 ms, or if it is not
  /// known.
  std::string slice_place = {};
  std::uint64_t gc_steps = 0;    ///< Collections of Lua's memory that came to their end.
  std::int64_t dropped = 0;      ///< Arrivals that found no VU.
  Nanoseconds iteration_lag{0};  ///< Of the iteration that began latest against its intention.

  bool operator==(const WorkerSecond&) const = default;
};

/// What one second of the scenarios was on this machine; absent is what the machine does not tell.
/// A reading that came late stands for all the time since the one before it.
struct MachineSecond {
  std::int64_t second = 0;
  std::optional<double> steal = {};  ///< Share of its CPU time that went to other machines, 0 to 1.
  /// Share of the second in which a CPU quota stopped us; of several CPUs added up, at most 1.
  std::optional<double> throttled = {};
  std::optional<std::uint64_t> rss = {};         ///< Bytes of memory of the process.
  std::optional<std::uint64_t> open_files = {};  ///< Descriptors of the process; not every second.
  std::optional<std::uint64_t> used_ports = {};  ///< Ephemeral ports in use, at most.
  std::optional<std::uint64_t> segments_out = {};  ///< TCP segments sent in that second,
  std::optional<std::uint64_t> retransmits = {};   ///< and how many of them once more.
  std::optional<std::uint64_t> listen_drops = {};  ///< Connections that listeners here turned away.
  Nanoseconds clock_step{0};  ///< By which the time of day moved against the steady clock.

  bool operator==(const MachineSecond&) const = default;
};

/// How the load generator itself did in a run: what its verdict is judged by. Of the seconds only
/// those are here that is_notable() finds.
struct Health {
  std::vector<WorkerSecond> workers = {};        ///< Ascending by second.
  std::vector<MachineSecond> machine = {};       ///< Ascending by second.
  std::optional<std::uint64_t> file_limit = {};  ///< Descriptors the process may have.
  std::optional<std::uint64_t> port_limit = {};  ///< Ephemeral ports to one destination, all local
                                                 ///< addresses together.
  std::uint32_t lost_workers = 0;                ///< Left behind in a script that never came back.
  std::uint32_t imbalances = 0;                  ///< Equations of its Balance that do not hold.
  std::int64_t seconds = 0;                      ///< That the scenarios took, whole ones.
  std::int64_t intended = 0;                     ///< Arrivals that the schedules meant to start.
  std::int64_t dropped = 0;                      ///< Of those: found no VU,
  std::int64_t unscheduled = 0;                  ///< or still waited for one at the end.
};

/// Whether a verdict may have something to say of the second: generous lower bounds of what any
/// rule asks for (half busy, 10 ms late, an arrival dropped).
bool is_notable(const WorkerSecond& second);
/// The same of the machine's (2 % of the CPU taken away, the clock 50 ms off, half of the `limits`
/// of files and ports, one segment in a thousand sent again, a connection turned away).
bool is_notable(const MachineSecond& second, const Health& limits);

/// Adds a second if it is notable. What is kept is bounded, for tests that last for days: beyond
/// 100,000 seconds, each one kept takes in its neighbour of the same worker and stands, with the
/// worst of both, for the two.
void keep(Health& health, WorkerSecond second);
void keep(Health& health, const MachineSecond& second);

}  // namespace loadrun::metrics
