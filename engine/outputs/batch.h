#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::outputs {

/// A series of the run: a metric with a set of tags.
struct Series {
  metrics::Metric metric;
  metrics::Tags tags;
};

/// All series of the run; a series keeps its index. Thread-safe: the coordinator adds, outputs look
/// up.
class SeriesTable {
 public:
  /// Returns its index: 0, 1, 2, ...
  std::uint32_t add(Series series);
  /// Valid as long as the table. REQUIRES: `index` was returned by add().
  const Series& at(std::uint32_t index) const;

 private:
  mutable std::mutex mutex_;
  std::deque<Series> series_;
};

/// What was measured in a second of the run, over all workers; what a worker hands over late comes
/// in another batch of the same second. Immutable once it is published: all outputs share it.
struct Batch {
  /// One measured value. Only there when an output wants samples.
  struct Sample {
    std::uint32_t series = 0;
    std::uint32_t metadata = 0;  ///< Its position in Batch::metadata plus 1; 0: none.
    double value = 0;            ///< In the metric's unit.
    Nanoseconds wall{0};         ///< Since 1970.
  };
  /// What a series accumulated in a second.
  struct Part {
    std::uint32_t series = 0;
    metrics::Sink sink;
  };

  std::vector<Sample> samples;
  std::vector<metrics::Tags> metadata;  ///< What goes with samples but makes no series.
  std::vector<Part> parts;
  /// Since the start of the scenarios, a whole number of seconds; -1 s for all that came before.
  Nanoseconds second{0};

  /// What is lost when this is.
  std::size_t sample_count = 0;
};

}  // namespace loadrun::outputs
