#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "outputs/batch.h"
#include "outputs/wall_time_text.h"

namespace loadrun::outputs {

/// How a row's time of day is written.
enum class CsvTimeFormat : std::uint8_t {
  kUnix,
  kUnixMilli,
  kUnixMicro,
  kUnixNano,
  kRfc3339,
  kRfc3339Nano
};

/// Renders samples as k6's rows of CSV: a column for each of some tags, one for all others and one
/// for metadata. What does not change from row to row is rendered once per series.
class CsvRows {
 public:
  /// `columns` are the tags with a column of their own; `series` outlives this.
  CsvRows(std::vector<std::string> columns, CsvTimeFormat format, const SeriesTable& series);

  /// The row with the names of the columns.
  std::string header() const;
  /// Appends the row of a sample of `batch`.
  void append(std::string& out, const Batch& batch, const Batch::Sample& sample);

 private:
  struct SeriesText {
    std::string before_time;  // empty: not rendered yet
    std::string after_value;
  };

  const SeriesText& text_of_series(std::uint32_t index);
  void append_time(std::string& out, Nanoseconds wall);

  const std::vector<std::string> columns_;
  const CsvTimeFormat format_;
  const SeriesTable& series_;
  std::vector<SeriesText> texts_;  // by series
  WallTimeText times_;
};

}  // namespace loadrun::outputs
