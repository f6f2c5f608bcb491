#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "metrics/shard.h"
#include "plan/plan.h"
#include "run/live_board.h"
#include "run/system_tags.h"
#include "run/virtual_user.h"

namespace loadrun::run {

/// When an iteration started and, where the schedule says, when it was meant to.
struct IterationStart {
  TimePoint at{};
  std::optional<TimePoint> intended = std::nullopt;
};

/// What every runner of a scenario does with a VU, whatever decides when: gives it the scenario's
/// tags and variables, starts iterations, counts and records how they ended. Confined to its
/// worker.
class ScenarioActivity {
 public:
  /// References outlive this. `scenario` is the index in the plan.
  ScenarioActivity(VuEngine& engine, const plan::Plan& plan, std::size_t scenario,
                   LiveCounters& live);

  const plan::Scenario& scenario() const { return scenario_; }

  /// Makes `vu` the scenario's.
  void activate(VirtualUser& vu);
  /// A VU of the scenario belongs to nobody any more.
  void deactivate();
  /// Calls the scenario's `prepare`, before the first iteration. `listener` as with begin().
  void prepare(VirtualUser& vu, std::uint64_t random_key, CallListener listener);
  /// To be called when that ended: by itself, or because it was interrupted (not `ready` then).
  void end_preparation(VirtualUser& vu, bool ready);
  /// Starts an iteration; fills in the numbers that are the VU's own. `listener` hears of its end,
  /// possibly before this returns. How late it is, is recorded now and with the first
  /// request.
  void begin(VirtualUser& vu, script::Iteration iteration, const IterationStart& start,
             CallListener listener);
  /// To be called when an iteration ended by itself, at `now`, in a call to the listener. True when
  /// it was complete; false when it failed because it was told to stop: then it was interrupted.
  bool end(VirtualUser& vu, const IterationStart& start, TimePoint now, bool failed);
  /// Logs the error that the VU's call ended with.
  void log_failure(const VirtualUser& vu) const;
  /// Ends a running iteration.
  void interrupt(VirtualUser& vu);
  /// Counts iterations that were planned and will not start.
  void drop(std::int64_t count);
  /// The same of an arrival that found no VU.
  void refuse();
  /// The same of iterations that waited for a VU in vain; `longest` is the longest that one did.
  void leave_waiting(std::int64_t count, Nanoseconds longest);
  /// Of a built-in metric, with the scenario's tags. A look-up: keep it for what is recorded often.
  metrics::SeriesId series(metrics::Builtin metric, std::string_view group = "");

 private:
  void count_failure(const VirtualUser& vu, TimePoint now);
  /// What is recorded at the end of every iteration, with the same tags.
  struct IterationSeries {
    metrics::SeriesId iterations, duration, data_sent, data_received;
    std::optional<metrics::SeriesId> response;  // once a start was intended
  };

  IterationSeries iteration_series(metrics::TagSetId tags);
  IterationSeries& series_of(const VirtualUser& vu);
  metrics::SeriesId series(metrics::Builtin metric, metrics::TagSetId tags, std::string_view group);

  VuEngine& engine_;
  const plan::Plan& plan_;
  const std::size_t index_;
  const plan::Scenario& scenario_;
  LiveCounters& live_;
  SystemTags system_tags_;
  metrics::TagSetId tags_;
  IterationSeries of_scenario_;
  std::unordered_map<std::uint32_t, IterationSeries>
      of_others_;                               // by the tags that VUs gave themselves
  std::optional<metrics::SeriesId> start_lag_;  // once a start was intended
};

}  // namespace loadrun::run
