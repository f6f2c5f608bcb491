#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "metrics/delta.h"
#include "metrics/errors.h"
#include "metrics/metric.h"
#include "metrics/registry.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::metrics {

/// One worker's measurements, cut into whole seconds. Confined to its worker; handed over as
/// Deltas. A second stays open until it is taken, so that samples that come late still find it: one
/// whose second is gone counts in the oldest that is open. Once all series exist and the Deltas
/// travel round, recording and handing over allocate nothing (a trend grows until it has held its
/// busiest second).
class Shard {
 public:
  /// `registry` and `tags` outlive the shard.
  Shard(const Registry& registry, TagTable& tags);

  /// Has the tag table fold from `most` series on.
  void limit_series(std::size_t most) { most_series_ = most; }
  /// Nothing will be measured of `metric`: its samples go nowhere. REQUIRES: it has no series.
  void leave_out(MetricId metric);

  /// Finds or creates the series. A hash look-up: keep the id at the call site.
  SeriesId series(MetricId metric, TagSetId tags);

  /// From here on seconds are counted, from `origin`; what was recorded before belongs to
  /// kBeforeStart. Once.
  void start(TimePoint origin);

  /// From here on the Deltas hold every sample too, for outputs that want them. Before the run.
  void keep_samples() { keeps_samples_ = true; }
  bool keeps_samples() const { return keeps_samples_; }
  /// What goes with the samples that follow, besides their tags, and makes no series of its own.
  void set_metadata(const Tags& metadata) { metadata_ = metadata; }

  /// Adds one sample that ended at `at`, which orders gauges, too. `value` is in the metric's unit
  /// (milliseconds for time metrics), no NaN. Hot: an array index and an add.
  void record(SeriesId series, double value, TimePoint at) {
    const std::uint64_t into_second = ticks(at) - ticks(begin_);
    if (into_second >= length_) [[unlikely]] {
      return record_elsewhere(series, value, at);
    }
    record_now(series, value, at);
  }

  /// What went wrong in the running second.
  Errors& errors() { return current_.errors; }

  /// Closes the seconds that ended at `now` or before; before start() everything is one second that
  /// may be closed at any time.
  void close_seconds(TimePoint now);
  /// Closes the running one too.
  void close_all();
  bool has_closed() const { return !closed_.empty(); }
  /// All up to this second were closed by close_seconds().
  std::int64_t complete() const { return complete_; }

  /// Moves the oldest second out, closed or not. Swaps arrays: O(touched series).
  Delta take();
  /// `emptied` serves another second: a Delta of *this* shard that Totals::merge has emptied.
  void recycle(Delta emptied);
  /// Both.
  Delta take(Delta emptied);

 private:
  struct Kind {
    MetricType type;
    ValueKind contains;
  };

  /// Unsigned, so that one comparison tells both before and after.
  static std::uint64_t ticks(TimePoint at) {
    return static_cast<std::uint64_t>(at.since_origin.count());
  }
  SeriesId add_series(Kind kind, Delta::NewSeries announced);
  SeriesId nowhere();
  void record_now(SeriesId series, double value, TimePoint at);
  void record_elsewhere(SeriesId series, double value, TimePoint at);
  std::int64_t second_of(TimePoint at) const;
  void go_on_to(std::int64_t second);
  void begin_second(std::int64_t second);
  void close_current();
  Delta& open_second(std::int64_t second);
  Delta fresh(std::int64_t second);
  void grow(Delta& delta) const;
  void keep(Delta& delta, SeriesId series, double value, TimePoint at) const;

  const Registry& registry_;
  TagTable& tags_;
  std::size_t most_series_ = std::numeric_limits<std::size_t>::max();
  std::vector<bool> left_out_;                         // by metric; those beyond are not
  std::optional<SeriesId> nowhere_;                    // where samples of those go: never touched
  std::unordered_map<std::uint64_t, SeriesId> index_;  // by metric and tag set
  std::vector<Kind> kinds_;                            // by series
  std::vector<std::uint8_t> is_touched_;               // by series, of current_
  std::vector<Delta::NewSeries> new_series_;           // not announced yet
  bool started_ = false;
  TimePoint origin_{};
  TimePoint begin_;       // of the second of current_,
  std::uint64_t length_;  // and its nanoseconds
  std::int64_t complete_ = kBeforeStart;
  Delta current_;
  std::vector<Delta> closed_;  // ascending, before current_
  std::vector<Delta> spare_;   // emptied
  bool keeps_samples_ = false;
  Tags metadata_;
};

}  // namespace loadrun::metrics
