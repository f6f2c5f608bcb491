#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/clock.h"

namespace loadrun {

/// What the kernel counts of this machine and process, mostly since it started; absent is what it
/// does not tell. The files are described in proc(5) and in the kernel's
/// Documentation/admin-guide/cgroup-v2.rst.
struct MachineCounters {
  /// Time of all CPUs, and that of it which a hypervisor gave to others; in the kernel's ticks
  /// (proc/stat).
  std::optional<std::uint64_t> cpu_time, stolen;
  /// For how long CPU quotas stopped this process's cgroup or a parent of it, of several CPUs added
  /// up (cpu.stat: throttled_usec of version 2, throttled_time of version 1).
  std::optional<Nanoseconds> throttled;
  /// Bytes of memory that the process has in use now (proc/self/statm).
  std::optional<std::uint64_t> rss;
  /// TCP sockets of this network namespace that are connected or listen, and those in TIME_WAIT
  /// (proc/net/sockstat, sockstat6).
  std::optional<std::uint64_t> sockets, waiting_sockets;
  /// TCP segments sent, and sent again, by this network namespace (proc/net/snmp).
  std::optional<std::uint64_t> segments_out, retransmits;
  /// Connections that listeners in this network namespace turned away because a queue was full, or
  /// for other reasons (proc/net/netstat, ListenDrops).
  std::optional<std::uint64_t> listen_drops;
};

/// Reads them below `root`, which is "/" except in tests. Some 0.1 ms.
MachineCounters read_machine_counters(const std::filesystem::path& root);

/// Descriptors that this process has open now. Free since Linux 6.2; before, the kernel lists them,
/// which takes some 10 ms for 20,000.
std::optional<std::uint64_t> count_open_files(const std::filesystem::path& root);

}  // namespace loadrun
