#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "metrics/metric.h"
#include "metrics/tags.h"
#include "outputs/sqlite.h"

namespace loadrun::outputs {

/// The tables `metrics` and `series` of a result file: gives each series a number and writes it
/// when it is first asked for.
class ResultSeries {
 public:
  /// `database`, with its tables, outlives this.
  explicit ResultSeries(Database& database);

  /// The number of the series of `metric` with `tags`.
  std::int64_t number_of(const metrics::Metric& metric, const metrics::Tags& tags);

 private:
  using Key = std::pair<metrics::MetricId, metrics::Tags>;

  Statement add_metric_;
  Statement add_series_;
  std::map<Key, std::int64_t> numbers_;
};

}  // namespace loadrun::outputs
