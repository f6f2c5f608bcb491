#include "base/machine_counters.h"

#include <unistd.h>

#include "base/unique_fd.h"
#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using test::TempFolder;

TEST_CASE("a machine that tells nothing has no figures") {
  const TempFolder root;
  const MachineCounters counters = read_machine_counters(root.path());
  CHECK_FALSE(counters.cpu_time.has_value());
  CHECK_FALSE(counters.stolen.has_value());
  CHECK_FALSE(counters.throttled.has_value());
  CHECK_FALSE(counters.rss.has_value());
  CHECK_FALSE(counters.sockets.has_value());
  CHECK_FALSE(counters.waiting_sockets.has_value());
  CHECK_FALSE(counters.segments_out.has_value());
  CHECK_FALSE(counters.retransmits.has_value());
  CHECK_FALSE(counters.listen_drops.has_value());
  CHECK_FALSE(count_open_files(root.path()).has_value());
}

TEST_CASE("CPU time and what was stolen of it; guests' time is not counted twice") {
  const TempFolder root;
  root.write("proc/stat", "cpu  10 20 30 400 5 6 7 80 9 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
  const MachineCounters counters = read_machine_counters(root.path());
  CHECK(counters.cpu_time == 558U);
  CHECK(counters.stolen == 80U);
  root.write("proc/stat", "cpu  10 20 30 400 5 6 7\n");  // kernels before 2.6.11
  CHECK_FALSE(read_machine_counters(root.path()).stolen.has_value());
  root.write("proc/stat", "intr 1 2 3 4 5 6 7 8\n");
  CHECK_FALSE(read_machine_counters(root.path()).cpu_time.has_value());
}

TEST_CASE("time under a CPU quota: version 2 in microseconds, of the group that waited longest") {
  const TempFolder root;
  root.write("proc/self/cgroup", "0::/pod/container\n");
  root.write("sys/fs/cgroup/pod/container/cpu.stat", "usage_usec 5\nuser_usec 3\n");
  CHECK_FALSE(read_machine_counters(root.path()).throttled.has_value());
  root.write("sys/fs/cgroup/pod/container/cpu.stat", "nr_throttled 2\nthrottled_usec 1500\n");
  CHECK(read_machine_counters(root.path()).throttled == 1500us);
  root.write("sys/fs/cgroup/pod/cpu.stat", "throttled_usec 2500\nnr_bursts 9\n");
  CHECK(read_machine_counters(root.path()).throttled == 2500us);
}

TEST_CASE("time under a CPU quota: version 1 in nanoseconds") {
  const TempFolder root;
  root.write("proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/docker/x\n");
  root.write("sys/fs/cgroup/memory/x/cpu.stat", "throttled_time 7\n");
  CHECK_FALSE(read_machine_counters(root.path()).throttled.has_value());
  root.write("sys/fs/cgroup/cpu/docker/x/cpu.stat", "nr_periods 0\nthrottled_time 12345\n");
  CHECK(read_machine_counters(root.path()).throttled == 12345ns);
}

TEST_CASE("memory in use is in pages") {
  const TempFolder root;
  root.write("proc/self/statm", "5000 300 100 1 0 2 0\n");
  CHECK(read_machine_counters(root.path()).rss ==
        300U * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  root.write("proc/self/statm", "5000\n");
  CHECK_FALSE(read_machine_counters(root.path()).rss.has_value());
}

TEST_CASE("sockets of both versions of IP; those in TIME_WAIT are counted once") {
  const TempFolder root;
  root.write("proc/net/sockstat",
             "sockets: used 290\nTCP: inuse 12 orphan 3 tw 45 alloc 20 mem 6\nUDP: inuse 99\n");
  MachineCounters counters = read_machine_counters(root.path());
  CHECK(counters.sockets == 12U);
  CHECK(counters.waiting_sockets == 45U);
  root.write("proc/net/sockstat6", "TCP6: inuse 8\nUDP6: inuse 7\n");
  counters = read_machine_counters(root.path());
  CHECK(counters.sockets == 20U);
  CHECK(counters.waiting_sockets == 45U);
}

TEST_CASE("segments and turned away connections stand below their names") {
  const TempFolder root;
  root.write("proc/net/snmp",
             "Ip: Forwarding OutSegs\nIp: 1 2\n"
             "Tcp: RtoAlgorithm MaxConn OutSegs RetransSegs InErrs\nTcp: 1 -1 5000 7 0\n"
             "Udp: OutSegs\nUdp: 3\n");
  root.write("proc/net/netstat",
             "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 2 3\n"
             "IpExt: ListenDrops\nIpExt: 9\n");
  const MachineCounters counters = read_machine_counters(root.path());
  CHECK(counters.segments_out == 5000U);
  CHECK(counters.retransmits == 7U);
  CHECK(counters.listen_drops == 3U);
  root.write("proc/net/netstat", "TcpExt: SyncookiesSent\nTcpExt: 0\n");
  CHECK_FALSE(read_machine_counters(root.path()).listen_drops.has_value());
}

TEST_CASE("descriptors are counted where the kernel lists them") {
  const TempFolder root;
  for (const char* name : {"0", "1", "2"}) root.write(std::string("proc/self/fd/") + name, "");
  CHECK(count_open_files(root.path()) == 3U);
}

TEST_CASE("this machine tells of its memory, CPU time and descriptors") {
  const MachineCounters counters = read_machine_counters("/");
  CHECK(counters.rss.value_or(0) > 1'000'000);
  CHECK(counters.cpu_time.value_or(0) > 0);
  const auto before = count_open_files("/");
  const UniqueFd one(dup(0));
  const UniqueFd other(dup(0));
  REQUIRE(before.has_value());
  CHECK(count_open_files("/") == *before + 2);
}
