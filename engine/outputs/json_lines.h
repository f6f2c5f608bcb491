#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "outputs/batch.h"
#include "outputs/wall_time_text.h"
#include "plan/plan.h"

namespace loadrun::outputs {

/// Renders samples as k6's JSON lines: one "Point" for each, and before the first of a metric that
/// metric. What does not change from point to point is rendered once per series.
class JsonLines {
 public:
  /// Both outlive this.
  JsonLines(const plan::Plan& plan, const SeriesTable& series);

  /// Appends the lines of a sample of `batch`.
  void append(std::string& out, const Batch& batch, const Batch::Sample& sample);

 private:
  struct SeriesText {
    std::string before_time;  // empty: not rendered yet
    std::string after_value;
  };

  const SeriesText& text_of_series(std::string& out, std::uint32_t index);
  void append_metric(std::string& out, const metrics::Metric& metric) const;

  const plan::Plan& plan_;
  const SeriesTable& series_;
  std::vector<SeriesText> texts_;              // by series
  std::unordered_set<std::uint32_t> metrics_;  // those that have had their line
  WallTimeText times_;
};

}  // namespace loadrun::outputs
