#include "run/machine_watch.h"

#include <fmt/format.h>

#include "support/catch.h"
#include "support/temp_folder.h"

using namespace loadrun;
using namespace loadrun::run;

namespace {

/// Both clocks move when told to; `stall` passes between the first two readings that follow.
class TwoClocks final : public Clock {
 public:
  TimePoint now() const override {
    const TimePoint read = now_;
    now_ = now_ + std::exchange(stall, 0ns);
    return read;
  }
  Nanoseconds wall() const override { return now_.since_origin + offset; }
  void advance(Nanoseconds d) { now_ = now_ + d; }

  Nanoseconds offset = 1'000'000s;
  mutable Nanoseconds stall{0};

 private:
  mutable TimePoint now_{5s};
};

struct Machine {
  test::TempFolder root;
  TwoClocks clock;
  MachineWatch watch{clock, root.path()};

  void start() { watch.start(clock.now()); }
  metrics::MachineSecond after(Nanoseconds passed) {
    clock.advance(passed);
    const auto second = watch.look(clock.now());
    REQUIRE(second.has_value());
    return *second;
  }
};

}  // namespace

TEST_CASE("a machine that tells nothing has seconds without figures") {
  Machine machine;
  machine.start();
  CHECK(machine.after(1s) == metrics::MachineSecond{});
}

TEST_CASE("there are figures once a second, and of the last one that ended") {
  Machine machine;
  machine.start();
  machine.clock.advance(999ms);
  CHECK_FALSE(machine.watch.look(machine.clock.now()).has_value());
  CHECK(machine.after(1ms).second == 0);
  CHECK_FALSE(machine.watch.look(machine.clock.now()).has_value());
  CHECK(machine.after(2500ms).second == 2);
  CHECK(machine.after(500ms).second == 3);
}

TEST_CASE("what the kernel counts is told by the second") {
  Machine machine;
  const auto write = [&](int idle, int stolen, int throttled, int sent, int again, int drops) {
    machine.root.write("proc/stat", fmt::format("cpu  0 0 0 {} 0 0 0 {} 0 0\n", idle, stolen));
    machine.root.write("proc/self/cgroup", "0::/\n");
    machine.root.write("sys/fs/cgroup/cpu.stat", fmt::format("throttled_usec {}\n", throttled));
    machine.root.write("proc/net/snmp",
                       fmt::format("Tcp: OutSegs RetransSegs\nTcp: {} {}\n", sent, again));
    machine.root.write("proc/net/netstat", fmt::format("TcpExt: ListenDrops\nTcpExt: {}\n", drops));
  };
  write(1000, 50, 100'000, 7000, 10, 3);
  machine.start();
  write(1150, 100, 300'000, 7500, 12, 3);
  const metrics::MachineSecond second = machine.after(1s);
  CHECK(second.steal == Approx(0.25));
  CHECK(second.throttled == Approx(0.2));
  CHECK(second.segments_out == 500U);
  CHECK(second.retransmits == 2U);
  CHECK(second.listen_drops == 0U);

  write(1150, 100, 1'300'000, 100, 0, 4);  // the network began to count anew
  const metrics::MachineSecond late = machine.after(2s);
  CHECK_FALSE(late.steal.has_value());  // no CPU time passed: nothing to share
  CHECK(late.throttled == Approx(0.5));
  CHECK_FALSE(late.segments_out.has_value());
  CHECK(late.listen_drops == 1U);

  write(1150, 100, 9'300'000, 100, 0, 4);
  CHECK(machine.after(1s).throttled == Approx(1.0));  // of several CPUs together
}

TEST_CASE("ports are those of sockets that can be this process's, and of those that wait") {
  Machine machine;
  machine.root.write("proc/net/sockstat", "TCP: inuse 40 tw 100\n");
  machine.start();
  CHECK(machine.after(1s).used_ports == 140U);
  for (int i = 0; i < 5; ++i) machine.root.write(fmt::format("proc/self/fd/{}", i), "");
  const metrics::MachineSecond second = machine.after(1s);
  CHECK(second.open_files == 5U);
  CHECK(second.used_ports == 105U);
}

TEST_CASE("a step of the time of day is told, once") {
  Machine machine;
  machine.start();
  CHECK(machine.after(1s).clock_step == 0ns);
  machine.clock.offset -= 2s;
  CHECK(machine.after(1s).clock_step == -2s);
  CHECK(machine.after(1s).clock_step == 0ns);
}

TEST_CASE("a process that stood still saw no step") {
  Machine machine;
  machine.start();
  CHECK(machine.after(90s).clock_step == 0ns);
}

TEST_CASE("clocks that were not read together are read again") {
  Machine machine;
  machine.start();
  machine.clock.advance(1s);
  const TimePoint now = machine.clock.now();
  machine.clock.stall = 300ms;
  machine.clock.offset += 100ms;
  const auto second = machine.watch.look(now);
  REQUIRE(second.has_value());
  CHECK(second->clock_step == 100ms);
}

TEST_CASE("a rest that is too short says nothing") {
  Machine machine;
  machine.start();
  machine.after(1s);
  machine.clock.advance(99ms);
  CHECK_FALSE(machine.watch.finish(machine.clock.now()).has_value());
  machine.clock.advance(1ms);
  const auto rest = machine.watch.finish(machine.clock.now());
  REQUIRE(rest.has_value());
  CHECK(rest->second == 1);
}
