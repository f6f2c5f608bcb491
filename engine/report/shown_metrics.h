#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"
#include "report/group_tree.h"
#include "report/summary_input.h"

namespace loadrun::report {

/// One metric or sub-metric of a summary. `sink` belongs to the totals it came from.
struct ShownMetric {
  std::string key;       ///< "http_req_duration" or "http_req_duration{scenario:buy}".
  std::string tag_text;  ///< "scenario:buy", or "" for a whole metric.
  metrics::Metric metric;
  metrics::Tags tags;  ///< Empty for a whole metric.
  const metrics::Sink* sink;
  bool asked_for = false;  ///< By a key of the option `thresholds`: its own or a sub-metric's.
};

/// Sums of some series per metric.
using MergedSinks = std::map<metrics::MetricId, metrics::Sink>;

/// What lies between the braces of a sub-metric's key, without surrounding blanks; "" for a whole
/// metric.
std::string tags_of_key(std::string_view key);

/// Metrics that have samples or thresholds, sorted by name, each followed by its sub-metrics.
std::vector<ShownMetric> shown_metrics(const SummaryInput& input);

/// What `series` add up to.
MergedSinks merged_sinks(const SeriesList& series);

/// The metrics of `sinks`, which outlive the result, sorted by name.
std::vector<ShownMetric> shown_metrics(const MergedSinks& sinks, const metrics::Registry& registry);

/// Whether it says how late iterations started, or what that did to latency: iteration_start_lag,
/// iteration_response and http_req_duration_corrected.
bool is_about_lateness(const ShownMetric& shown);
/// Whether it is one that k6 does not have: summaries of k6's shape keep it apart.
bool is_about_loadrun(const ShownMetric& shown);
/// Whether iterations started so late that a reader has to know: p(99) of iteration_start_lag is
/// above 1 ms and above 1 % of iteration_response's.
bool lateness_matters(const std::vector<ShownMetric>& metrics);

/// The thresholds of a metric or sub-metric: their labels, and whether they hold. Keys may spell
/// one sub-metric in several ways, so tags are compared.
std::map<std::string, bool> thresholds_of(const ShownMetric& shown, const SummaryInput& input);

}  // namespace loadrun::report
