#pragma once

#include <utility>
#include <vector>

#include "script/host.h"
#include "support/manual_clock.h"
#include "support/measured.h"

namespace loadrun::test {

/// An engine that does nothing by itself: it notes what scripts start, and the test answers by
/// VuScript::resume.
class FakeHost final : public script::Host {
 public:
  struct StartedSleep {
    script::Task* task;
    Nanoseconds duration;
    TimePoint due;
  };
  struct Slice {
    Nanoseconds length;
    std::string place;
  };
  struct StartedCall {
    script::Task* task;
    script::HttpCall call;
  };

  TimePoint now() const override { return clock.now(); }
  Nanoseconds wall() const override { return clock.wall(); }
  TimePoint turn_time() const override { return now(); }
  void start_sleep(script::Task& task, Nanoseconds duration) override {
    task.operation.kind = script::Operation::Kind::kSleep;
    clock.advance(work);
    sleeps.push_back({&task, duration, now() + duration});
  }
  void start_http(script::Task& task) override {
    task.operation.kind = script::Operation::Kind::kHttp;
    calls.push_back({&task, std::move(task.call)});
  }
  void cancel(script::Task& task) override {
    std::erase_if(sleeps, [&task](const StartedSleep& sleep) { return sleep.task == &task; });
    std::erase_if(calls, [&task](const StartedCall& call) { return call.task == &task; });
  }
  void ran(const script::Task& task, Nanoseconds slice) override {
    slices.push_back({slice, task.place()});
  }
  void abort_test(std::string reason) override { aborts.push_back(std::move(reason)); }
  void fail_test() override { ++failures; }
  script::InstanceInfo instance() const override { return instance_info; }
  script::ScenarioInfo scenario(std::size_t) const override { return scenario_info; }
  const plan::Plan& plan() const override { return test_plan; }
  metrics::Registry& registry() override { return registry_; }
  metrics::TagTable& tags() override { return tags_; }
  metrics::Shard& shard() override { return shard_; }

  ManualClock clock;
  Nanoseconds work{0};  ///< What a script takes to come to a sleep.
  std::vector<StartedSleep> sleeps;
  std::vector<StartedCall> calls;
  std::vector<Slice> slices;        ///< Of all tasks, in the order in which they ended.
  std::vector<std::string> aborts;  ///< Reasons.
  int failures = 0;                 ///< Of test.fail.
  script::InstanceInfo instance_info;
  script::ScenarioInfo scenario_info;
  plan::Plan test_plan;

 private:
  metrics::Registry registry_;
  metrics::TagTable tags_;
  metrics::Shard shard_{registry_, tags_};

 public:
  ShardReader measured{registry_, shard_};
};

}  // namespace loadrun::test
