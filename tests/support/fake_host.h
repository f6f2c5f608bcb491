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
    script::VuScript* vu;
    Nanoseconds duration;
  };
  struct StartedCall {
    script::VuScript* vu;
    script::HttpCall call;
  };

  TimePoint now() const override { return clock.now(); }
  TimePoint turn_time() const override { return now(); }
  void start_sleep(script::VuScript& vu, Nanoseconds duration) override {
    sleeps.push_back({&vu, duration});
  }
  void start_http(script::VuScript& vu, script::HttpCall& call) override {
    calls.push_back({&vu, std::move(call)});
  }
  metrics::Registry& registry() override { return registry_; }
  metrics::TagTable& tags() override { return tags_; }
  metrics::Shard& shard() override { return shard_; }

  ManualClock clock;
  std::vector<StartedSleep> sleeps;
  std::vector<StartedCall> calls;

 private:
  metrics::Registry registry_;
  metrics::TagTable tags_;
  metrics::Shard shard_{registry_, tags_};

 public:
  ShardReader measured{registry_, shard_};
};

}  // namespace loadrun::test
