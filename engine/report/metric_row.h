#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "metrics/histogram.h"
#include "report/shown_metrics.h"
#include "report/summary_input.h"

namespace loadrun::report {

/// One line of a summary's table, its texts not yet aligned. A trend has `stats`, every other
/// metric `value`.
struct MetricRow {
  struct Stat {
    std::string name;   ///< "p(95)"
    std::string value;  ///< "1.5ms"
  };
  std::string label;                     ///< "http_reqs", or "  { scenario:buy }" for a sub-metric.
  std::string value = {};                ///< "40"
  std::vector<std::string> extras = {};  ///< "9.8/s"; or "min=0", "max=19"; or "40 out of 80".
  std::vector<Stat> stats = {};
};

MetricRow metric_row(const ShownMetric& shown, const SummaryInput& input);

/// Shares of `checks` as rows: checks_total, checks_succeeded, checks_failed.
std::vector<MetricRow> check_rows(const metrics::Rate& checks, Nanoseconds elapsed);

/// `amount` per second of `elapsed`; 0 when no time has passed.
double per_second(double amount, Nanoseconds elapsed);

/// The statistic `stat` of summaryTrendStats: "avg", "min", "med", "max", "count" or "p(N)".
double trend_stat(const metrics::Trend& trend, const std::string& stat);

/// `trues` as a share of `total`; 0 when there are none.
double share(std::uint64_t trues, std::uint64_t total);

}  // namespace loadrun::report
