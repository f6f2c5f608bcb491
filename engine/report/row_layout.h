#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/metric_row.h"
#include "report/text_style.h"

namespace loadrun::report {

/// The alignment of a block of rows, k6's: labels are followed by dots up to the longest one plus
/// three; the columns of trends and those of the other metrics are aligned among themselves. A
/// single extra value is not padded, several are, the last one included. Widths are terminal
/// columns.
class RowLayout {
 public:
  RowLayout(const std::vector<MetricRow>& rows, TextStyle style);

  /// `row` as a line, without indentation and line end. REQUIRES: `row` was among the constructor's
  /// rows.
  std::string line(const MetricRow& row) const;

 private:
  std::string stats(const MetricRow& row) const;
  std::string value_and_extras(const MetricRow& row) const;

  TextStyle style_;
  std::size_t label_width_ = 0;
  std::size_t value_width_ = 0;
  std::vector<std::size_t> extra_widths_;
  std::vector<std::size_t> stat_widths_;
};

}  // namespace loadrun::report
