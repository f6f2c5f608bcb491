#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "metrics/tags.h"

namespace loadrun::metrics {

/// A key of the `thresholds` option, taken apart.
struct ParsedMetricKey {
  std::string metric;
  Tags tags;
  bool has_tags;  ///< Whether it names a sub-metric.
};

/// Splits "metric{a:1,b:2}" into metric and tags. Fails (kInvalidConfig) on unbalanced or misplaced
/// braces and on a tag that is not key:value; a sub-metric of samples *without* a tag is written
/// {tag:""}.
Result<ParsedMetricKey> parse_metric_key(std::string_view key);

/// The tags inside the braces: comma-separated key:value, white space and quotes around either
/// ignored; a lone key has an empty value. Fails (kInvalidConfig) when there are none.
Result<Tags> parse_submetric_tags(std::string_view text);

}  // namespace loadrun::metrics
