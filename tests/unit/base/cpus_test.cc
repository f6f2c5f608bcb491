#include "base/cpus.h"

#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.h"

namespace loadrun {
namespace {

namespace fs = std::filesystem;

/// A file system root with the files of some cgroups, removed at the end.
class FakeRoot {
 public:
  FakeRoot() {
    std::string name = (fs::temp_directory_path() / "loadrun-cpus-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;
  ~FakeRoot() { fs::remove_all(path_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST_CASE("no quota without cgroups") {
  const FakeRoot root;
  CHECK_FALSE(cgroup_cpu_quota(root.path()).has_value());
}

TEST_CASE("version 2: the tightest quota of the group and its parents counts") {
  const FakeRoot root;
  root.write("proc/self/cgroup", "0::/pod/container\n");
  root.write("sys/fs/cgroup/pod/container/cpu.max", "max 100000\n");
  CHECK_FALSE(cgroup_cpu_quota(root.path()).has_value());
  root.write("sys/fs/cgroup/pod/cpu.max", "250000 100000\n");
  CHECK(cgroup_cpu_quota(root.path()) == 2.5);
  root.write("sys/fs/cgroup/pod/container/cpu.max", "50000 100000\n");
  CHECK(cgroup_cpu_quota(root.path()) == 0.5);
}

TEST_CASE("version 1: quota and period are two files") {
  const FakeRoot root;
  root.write("proc/self/cgroup", "5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "-1\n");
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n");
  CHECK_FALSE(cgroup_cpu_quota(root.path()).has_value());
  root.write("sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "150000\n");
  CHECK(cgroup_cpu_quota(root.path()) == 1.5);
}

TEST_CASE("version 1: in a container the group's own files are at the mount") {
  const FakeRoot root;
  root.write("proc/self/cgroup", "4:cpuacct,cpu:/docker/x\n");
  root.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  root.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  CHECK(cgroup_cpu_quota(root.path()) == 3.0);
}

TEST_CASE("other controllers' groups and broken lines do not matter") {
  const FakeRoot root;
  root.write("proc/self/cgroup", "nonsense\n3:cpuset:/a\n");
  root.write("sys/fs/cgroup/cpuset/a/cpu.cfs_quota_us", "100000\n");
  root.write("sys/fs/cgroup/cpuset/a/cpu.cfs_period_us", "100000\n");
  CHECK_FALSE(cgroup_cpu_quota(root.path()).has_value());
}

TEST_CASE("the affinity mask limits the CPUs") {
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CHECK(usable_cpus() >= 1);
  CHECK(usable_cpus() <= CPU_COUNT(&before));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  }
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const int cpus = usable_cpus();
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(cpus == 1);
}

}  // namespace
}  // namespace loadrun
