#include "outputs/output_runner.h"

#include "base/log.h"
#include "fake_output.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using outputs::OutputRunner;
using Calls = std::vector<std::string>;

// Also run under ThreadSanitizer.

namespace {

constexpr Nanoseconds kLong = 60s;

struct Running {
  explicit Running() {
    REQUIRE(configure_log({.output = "none"}).ok());
    runner.start(run.info);
  }
  ~Running() { target.release(); }

  void write(std::size_t samples) {
    runner.write(std::make_shared<const outputs::Batch>(batch_of(samples)));
  }
  /// Holds up the output in a write of so many samples.
  void hold_in_write(std::size_t samples) {
    target.hold(samples);
    write(samples);
    target.await_held();
  }
  bool finish(Nanoseconds limit = kLong) {
    runner.finish(run.results);
    return runner.await_end(limit);
  }

  FakeRun run;
  FakeTarget target;
  OutputRunner runner{fake_output(target)};
};

}  // namespace

TEST_CASE("an output is started, written to in order and finished") {
  Running one;
  CHECK(one.runner.await_start(kLong));
  for (std::size_t i = 1; i <= 3; ++i) one.write(i);
  CHECK(one.finish());
  CHECK(one.target.calls() == Calls{"start", "write 1", "write 2", "write 3", "finish"});
  CHECK(one.runner.loss().reason.empty());
  CHECK(one.runner.loss().samples == 0);
}

TEST_CASE("what does not fit into the queue of a slow output is lost and counted") {
  Running one;
  one.hold_in_write(1);
  for (std::size_t i = 0; i < OutputRunner::kMaxWaiting; ++i) one.write(10);
  one.write(200);
  one.write(3000);
  CHECK(one.runner.loss().samples == 3200);
  one.target.release();
  CHECK(one.finish());
  CHECK(one.target.calls().size() == 1 + 1 + OutputRunner::kMaxWaiting + 1);
  CHECK(one.target.calls().back() == "finish");
  CHECK(one.runner.loss().samples == 3200);
  CHECK(one.runner.loss().reason == "too slow");
}

TEST_CASE("from the first failure on everything is lost: what was written, waits and comes") {
  Running one;
  one.target.fail_write(1);
  one.write(1);
  one.hold_in_write(20);
  one.write(300);
  one.target.release();
  while (one.runner.loss().reason.empty()) std::this_thread::yield();
  one.write(4000);
  CHECK(one.finish());
  CHECK(one.target.calls() == Calls{"start", "write 1", "write 20"});
  CHECK(one.runner.loss().samples == 4320);
  CHECK(one.runner.loss().reason == "disk full");
}

TEST_CASE("an output that does not open loses everything") {
  FakeRun run;
  FakeTarget target;
  target.fail_start();
  REQUIRE(configure_log({.output = "none"}).ok());
  OutputRunner runner(fake_output(target));
  runner.start(run.info);
  CHECK_FALSE(runner.await_start(kLong));
  runner.write(std::make_shared<const outputs::Batch>(batch_of(7)));
  runner.finish(run.results);
  CHECK(runner.await_end(kLong));
  CHECK(target.calls() == Calls{"start"});
  CHECK(runner.loss().samples == 7);
  CHECK(runner.loss().reason == "does not open");
}

TEST_CASE("an output whose end fails has lost no sample, but has failed") {
  Running one;
  one.target.fail_finish();
  one.write(1);
  CHECK(one.finish());
  CHECK(one.runner.loss().samples == 0);
  CHECK(one.runner.loss().reason == "does not close");
}

TEST_CASE("an output that hangs is given up, with what it had not written") {
  Running one;
  one.write(1);
  one.hold_in_write(20);
  one.write(300);
  CHECK_FALSE(one.finish(10ms));
  CHECK(one.runner.loss().samples == 320);
  CHECK(one.runner.loss().reason == "it did not finish within 0.01 s");
  one.target.release();
  CHECK(one.runner.await_end(kLong));
  CHECK(one.runner.loss().samples == 320);
  CHECK(one.target.calls() == Calls{"start", "write 1", "write 20"});
}

TEST_CASE("a runner that is destroyed unfinished finishes nothing") {
  FakeRun run;
  FakeTarget target;
  {
    OutputRunner runner(fake_output(target));
    runner.start(run.info);
    CHECK(runner.await_start(kLong));
  }
  CHECK(target.calls() == Calls{"start"});
}
