#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/tags.h"
#include "plan/plan.h"
#include "script/task.h"

namespace loadrun::script {

/// What `k6/execution` says of the whole process.
struct InstanceInfo {
  Nanoseconds elapsed{0};  ///< Since the start of the run.
  std::int64_t completed = 0;
  std::int64_t interrupted = 0;
  std::int64_t active_vus = 0;
  std::int64_t initialised_vus = 0;
};

/// What `k6/execution` says of a scenario besides its plan.
struct ScenarioInfo {
  std::int64_t start_ms = 0;  ///< Wall clock, milliseconds since 1970.
  Nanoseconds elapsed{0};     ///< Since that start.
  double progress = 0;        ///< 0 to 1.
};

/// What scripts may ask of the engine: the only way out of this module. The worker implements it,
/// and a fake in unit tests. Confined to its worker. An operation that was started is answered
/// later by VuScript::resume, never from inside the start function.
class Host {
 public:
  virtual ~Host() = default;

  /// A fresh reading, not the turn's.
  virtual TimePoint now() const = 0;
  /// Time of day since the Unix epoch.
  virtual Nanoseconds wall() const = 0;
  /// The turn's time: cheaper, for samples whose instant matters to the millisecond.
  virtual TimePoint turn_time() const = 0;
  /// An operation the task started before and went on without is dropped: it has one at a time.
  virtual void start_sleep(Task& task, Nanoseconds duration) = 0;
  /// Sends `task.call`, which it takes over.
  virtual void start_http(Task& task) = 0;
  /// Drops what `task` waits for; it will not be resumed.
  virtual void cancel(Task& task) = 0;

  /// `task` ran for so long, from being resumed to waiting again or to its end.
  virtual void ran(const Task& task, Nanoseconds slice) = 0;

  /// Ends the test as `reason` says: k6's `test.abort`.
  virtual void abort_test(std::string reason) = 0;
  /// Marks the test as failed and lets it go on: k6's `test.fail`.
  virtual void fail_test() = 0;
  virtual InstanceInfo instance() const = 0;
  /// `scenario` is the index in the plan.
  virtual ScenarioInfo scenario(std::size_t scenario) const = 0;
  /// REQUIRES: not in the init context, which has none yet.
  virtual const plan::Plan& plan() const = 0;

  virtual metrics::Registry& registry() = 0;
  virtual metrics::TagTable& tags() = 0;
  virtual metrics::Shard& shard() = 0;
};

}  // namespace loadrun::script
