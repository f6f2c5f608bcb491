#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"
#include "report/summary_input.h"

namespace loadrun::report {

/// One metric or sub-metric of a summary. `sink` belongs to the totals it came from.
struct ShownMetric {
  std::string key;       ///< "http_req_duration" or "http_req_duration{scenario:buy}".
  std::string tag_text;  ///< "scenario:buy", or "" for a whole metric.
  metrics::Metric metric;
  metrics::Tags tags;  ///< Empty for a whole metric.
  const metrics::Sink* sink;
};

/// What lies between the braces of a sub-metric's key, without surrounding blanks; "" for a whole
/// metric.
std::string tags_of_key(std::string_view key);

/// Metrics that have samples or thresholds, sorted by name, each followed by its sub-metrics.
std::vector<ShownMetric> shown_metrics(const SummaryInput& input);

}  // namespace loadrun::report
