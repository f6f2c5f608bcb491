#include "outputs/output_set.h"

#include "base/log.h"
#include "fake_output.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using Calls = std::vector<std::string>;

// Also run under ThreadSanitizer.

namespace {

constexpr Nanoseconds kLong = 60s;

std::vector<std::unique_ptr<outputs::Output>> pair_of(FakeTarget& first, FakeTarget& second) {
  std::vector<std::unique_ptr<outputs::Output>> both;
  both.push_back(fake_output(first, false));
  both.push_back(fake_output(second, true));
  return both;
}

}  // namespace

TEST_CASE("all outputs of a run get every batch, and one that fails harms no other") {
  REQUIRE(configure_log({.output = "none"}).ok());
  FakeRun run;
  FakeTarget good, bad;
  bad.fail_write(0);
  const SystemClock clock;
  outputs::OutputSet set(pair_of(good, bad), clock);
  CHECK(set.wants_samples());
  CHECK(set.descriptions() == std::vector<std::string>{"fake", "fake"});
  set.start(run.info);
  CHECK(set.await_start(kLong));
  set.publish(batch_of(5));
  set.publish(batch_of(6));
  CHECK(set.finish(run.results, kLong));
  CHECK(good.calls() == Calls{"start", "write 5", "write 6", "finish"});
  REQUIRE(set.losses().size() == 1);
  CHECK(set.losses()[0].samples == 11);
  CHECK(set.losses()[0].reason == "disk full");
}

TEST_CASE("a set knows whether all its outputs have opened") {
  REQUIRE(configure_log({.output = "none"}).ok());
  FakeRun run;
  FakeTarget good, bad;
  bad.fail_start();
  const SystemClock clock;
  outputs::OutputSet set(pair_of(good, bad), clock);
  set.start(run.info);
  CHECK_FALSE(set.await_start(kLong));
}

TEST_CASE("a set does not wait longer for an output that hangs than it was told") {
  REQUIRE(configure_log({.output = "none"}).ok());
  FakeRun run;
  FakeTarget good, hanging;
  const SystemClock clock;
  outputs::OutputSet set(pair_of(good, hanging), clock);
  set.start(run.info);
  hanging.hold(1);
  set.publish(batch_of(1));
  hanging.await_held();
  CHECK_FALSE(set.finish(run.results, 20ms));
  CHECK(good.calls().back() == "finish");
  CHECK(set.losses().size() == 1);
  hanging.release();
}

TEST_CASE("a set without outputs wants nothing") {
  const SystemClock clock;
  const outputs::OutputSet set({}, clock);
  CHECK(set.empty());
  CHECK_FALSE(set.wants_samples());
}
