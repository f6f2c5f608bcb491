#include "base/memory.h"

#include <limits>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::test;

namespace {

constexpr const char* kMeminfo =
    "MemTotal:        4000 kB\nMemFree:          100 kB\nMemAvailable:    2000 kB\n";

}  // namespace

TEST_CASE("without cgroups, what the machine has available may be used") {
  const TempFolder root;
  root.write("proc/meminfo", kMeminfo);
  CHECK(usable_memory(root.path()) == 2000 * 1024);
}

TEST_CASE("where nothing tells how much there is, there is no limit") {
  const TempFolder root;
  CHECK(usable_memory(root.path()) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("version 2: the lowest memory.max of the group and its parents counts") {
  const TempFolder root;
  root.write("proc/meminfo", kMeminfo);
  root.write("proc/self/cgroup", "0::/pod/container\n");
  root.write("sys/fs/cgroup/pod/container/memory.max", "max\n");
  CHECK(usable_memory(root.path()) == 2000 * 1024);
  root.write("sys/fs/cgroup/pod/memory.max", "1048576\n");
  CHECK(usable_memory(root.path()) == 1048576);
  root.write("sys/fs/cgroup/pod/container/memory.max", "524288\n");
  CHECK(usable_memory(root.path()) == 524288);
  root.write("sys/fs/cgroup/pod/container/memory.max", "1000000000\n");
  CHECK(usable_memory(root.path()) == 1048576);
}

TEST_CASE("version 1: memory.limit_in_bytes counts") {
  const TempFolder root;
  root.write("proc/meminfo", kMeminfo);
  root.write("proc/self/cgroup", "5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n");
  root.write("sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK(usable_memory(root.path()) == 2000 * 1024);
  root.write("sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "65536\n");
  CHECK(usable_memory(root.path()) == 65536);
}

TEST_CASE("this machine has some memory") {
  CHECK(usable_memory() > 1024 * 1024);
  CHECK(usable_memory() < std::numeric_limits<std::uint64_t>::max());
}
