#include "outputs/csv_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "outputs/number_text.h"

namespace loadrun::outputs {
namespace {

/// In quotes when a reader would take it apart otherwise, by the rules of Go's encoding/csv.
void append_field(std::string& out, std::string_view field) {
  const bool plain = field != R"(\.)" && field.find_first_of(",\"\r\n") == std::string_view::npos &&
                     !field.starts_with(' ') && !field.starts_with('\t');
  if (plain) {
    out += field;
    return;
  }
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

/// "a=1&b=2" of those tags that have no column.
std::string joined(const metrics::Tags& tags, const std::vector<std::string>& columns) {
  std::string text;
  for (const auto& [name, value] : tags) {
    if (std::ranges::find(columns, name) != columns.end()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  }
  return text;
}

}  // namespace

CsvRows::CsvRows(std::vector<std::string> columns, CsvTimeFormat format, const SeriesTable& series)
    : columns_(std::move(columns)), format_(format), series_(series) {}

std::string CsvRows::header() const {
  std::string row = "metric_name,timestamp,metric_value,";
  for (const std::string& column : columns_) row += column + ',';
  return row + "extra_tags,metadata\n";
}

void CsvRows::append(std::string& out, const Batch& batch, const Batch::Sample& sample) {
  const SeriesText& text = text_of_series(sample.series);
  out += text.before_time;
  append_time(out, sample.wall);
  out += ',';
  append_fixed(out, sample.value);
  out += text.after_value;
  if (sample.metadata != 0) append_field(out, joined(batch.metadata[sample.metadata - 1], {}));
  out += '\n';
}

const CsvRows::SeriesText& CsvRows::text_of_series(std::uint32_t index) {
  if (index >= texts_.size()) texts_.resize(index + 1);
  SeriesText& text = texts_[index];
  if (!text.before_time.empty()) return text;
  const Series& series = series_.at(index);
  append_field(text.before_time, series.metric.name);
  text.before_time += ',';
  text.after_value += ',';
  for (const std::string& column : columns_) {
    append_field(text.after_value, metrics::tag_value(series.tags, column));
    text.after_value += ',';
  }
  append_field(text.after_value, joined(series.tags, columns_));
  text.after_value += ',';
  return text;
}

void CsvRows::append_time(std::string& out, Nanoseconds wall) {
  switch (format_) {
    case CsvTimeFormat::kUnix:
      out += fmt::to_string(wall / 1s);
      break;
    case CsvTimeFormat::kUnixMilli:
      out += fmt::to_string(wall / 1ms);
      break;
    case CsvTimeFormat::kUnixMicro:
      out += fmt::to_string(wall / 1us);
      break;
    case CsvTimeFormat::kUnixNano:
      out += fmt::to_string(wall.count());
      break;
    case CsvTimeFormat::kRfc3339:
      times_.append_seconds(out, wall);
      break;
    case CsvTimeFormat::kRfc3339Nano:
      times_.append_nanoseconds(out, wall);
      break;
  }
}

}  // namespace loadrun::outputs
