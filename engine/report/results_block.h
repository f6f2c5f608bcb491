#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/group_tree.h"
#include "report/shown_metrics.h"
#include "report/summary_input.h"
#include "report/text_style.h"

namespace loadrun::report {

/// How results_block() writes.
struct BlockFormat {
  std::size_t indent;  ///< Columns before every line.
  bool all_metrics;    ///< Also the parts of a request's duration and metrics about loadrun.
  TextStyle style;
};

/// The results of a test or a part of it: its checks, which are counted in `series`, then `metrics`
/// by topic, aligned among themselves. Empty when there is nothing to show.
std::string results_block(const SeriesList& series, const std::vector<ShownMetric>& metrics,
                          const SummaryInput& input, const BlockFormat& format);

}  // namespace loadrun::report
