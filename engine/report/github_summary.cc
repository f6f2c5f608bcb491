#include "report/github_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "report/error_list.h"
#include "report/humanize.h"
#include "report/metric_row.h"
#include "report/request_rows.h"
#include "report/short_text.h"
#include "report/threshold_section.h"

namespace loadrun::report {
namespace {

constexpr std::size_t kMaxThresholds = 100;
constexpr std::size_t kMaxRequests = 20;
constexpr std::size_t kMaxErrors = 10;
constexpr std::size_t kMaxColumns = 200;  // of a text

bool is_plain(char c) {
  constexpr std::string_view kPlain = " .,-/()=%+;?'";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != std::string_view::npos;
}

/// `text` as Markdown that shows it literally, in a cell of a table, too.
std::string literal(std::string_view text) {
  std::string markdown;
  for (const char c : shortened(on_one_line(text), kMaxColumns)) {
    markdown += is_plain(c) ? std::string(1, c) : fmt::format("&#{};", static_cast<int>(c));
  }
  return markdown;
}

/// `titles` are Markdown; the first column is aligned to the left, the others to the right.
class Table {
 public:
  Table(std::string_view heading, const std::vector<std::string>& titles)
      : text_(fmt::format("\n### {}\n\n", heading)) {
    add(titles);
    text_ += "|---|";
    for (std::size_t i = 1; i < titles.size(); ++i) text_ += "--:|";
    text_ += "\n";
  }

  void add(const std::vector<std::string>& cells) {
    text_ += fmt::format("| {} |\n", fmt::join(cells, " | "));
  }
  void add_rest(std::size_t count) {
    if (count > 0) text_ += fmt::format("\n… and {} more\n", count);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string verdict(const SummaryInput& input) {
  std::string text = fmt::format("\nVerdict: **{}**\n", metrics::name_of(input.verdict.validity));
  for (const metrics::VerdictReason& reason : input.verdict.reasons) {
    text += fmt::format("\n- {}. {}", literal(reason.text), literal(reason.advice));
  }
  return text + (input.verdict.reasons.empty() ? "" : "\n");
}

std::string thresholds(const SummaryInput& input) {
  if (input.thresholds.empty()) return {};
  Table table("Thresholds", {"metric", "threshold", "observed", ""});
  const std::size_t shown = std::min(input.thresholds.size(), kMaxThresholds);
  for (std::size_t i = 0; i < shown; ++i) {
    const metrics::ThresholdOutcome& outcome = input.thresholds[i];
    table.add({literal(outcome.key), literal(outcome.source),
               literal(outcome.stat_name + "=" + observed_text(outcome, input)),
               outcome.ok ? "✅" : "❌"});
  }
  table.add_rest(input.thresholds.size() - shown);
  return table.text();
}

/// What a line of the text summary says after the metric's name.
std::string values_of(const MetricRow& row) {
  std::string text = row.value;
  for (const std::string& extra : row.extras) text += " " + extra;
  for (const MetricRow::Stat& stat : row.stats)
    text += fmt::format(" {}={}", stat.name, stat.value);
  return std::string(text.starts_with(' ') ? text.substr(1) : text);
}

std::string figures(const SummaryInput& input) {
  constexpr std::array<std::string_view, 8> kMain{
      "checks",    "dropped_iterations", "http_req_duration", "http_req_failed",
      "http_reqs", "iterations",         "iterations_failed", "vus_max"};
  Table table("Main figures", {"metric", "values"});
  for (const ShownMetric& shown : shown_metrics(input)) {
    if (std::ranges::find(kMain, shown.key) == kMain.end()) continue;
    table.add({literal(shown.key), literal(values_of(metric_row(shown, input)))});
  }
  return table.text();
}

std::string requests(const SummaryInput& input) {
  const std::vector<RequestRow> rows = request_rows(input.totals);
  if (rows.empty()) return {};
  std::vector<std::string> titles{"name"};
  titles.insert(titles.end(), kRequestColumns.begin(), kRequestColumns.end());
  Table table("Requests", titles);
  const std::size_t shown = std::min(rows.size(), kMaxRequests);
  for (std::size_t i = 0; i < shown; ++i) {
    std::vector<std::string> cells = request_texts(rows[i], input.plan.summary_time_unit);
    cells.insert(cells.begin(), literal(label_of(rows[i])));
    table.add(cells);
  }
  table.add_rest(rows.size() - shown);
  return table.text();
}

template <typename Errors>
std::string errors(std::string_view heading, const Errors& errors) {
  const auto entries = by_count(errors);
  if (entries.empty()) return {};
  Table table(heading, {"error", "first", "count"});
  const std::size_t shown = std::min(entries.size(), kMaxErrors);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [kind, entry] = *entries[i];
    table.add({literal(text_of(kind)), literal(text_of(entry.first)), std::to_string(entry.count)});
  }
  if (errors.others() > 0) table.add({"of other kinds", "", std::to_string(errors.others())});
  table.add_rest(entries.size() - shown);
  return table.text();
}

}  // namespace

std::string render_github_summary(const SummaryInput& input) {
  const int code = static_cast<int>(input.end.code);
  const std::string result = code == 0 ? "passed" : fmt::format("failed (exit code {})", code);
  std::string text = fmt::format("## loadrun: {} {}\n", literal(input.run.script), result);
  if (!input.end.reason.empty()) text += "\n" + literal(input.end.reason) + "\n";
  text += verdict(input) + thresholds(input) + figures(input) + requests(input);
  text += errors("Iterations that raised", input.totals.errors().iterations);
  text += errors("Requests that failed", input.totals.errors().requests);
  return text + "\n";
}

}  // namespace loadrun::report
