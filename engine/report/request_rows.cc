#include "report/request_rows.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "metrics/tags.h"
#include "report/humanize.h"
#include "report/short_text.h"

namespace loadrun::report {
namespace {

using metrics::Builtin;

class RowCollector {
 public:
  void add(const metrics::Totals::Series& series) {
    if (series.metric == metrics::id_of(Builtin::kHttpReqs)) {
      if (RequestRow* row = row_of(series.tags)) row->count += count_of(series.sink);
    } else if (series.metric == metrics::id_of(Builtin::kHttpReqFailed)) {
      const auto& rate = std::get<metrics::Rate>(series.sink);
      if (RequestRow* row = row_of(series.tags)) {
        row->failed.trues += rate.trues;
        row->failed.total += rate.total;
      }
    } else if (series.metric == metrics::id_of(Builtin::kHttpReqDuration)) {
      if (RequestRow* row = row_of(series.tags)) {
        row->duration.merge(std::get<metrics::Trend>(series.sink));
      }
    }
  }

  std::vector<RequestRow> take() {
    for (RequestRow& row : rows_) {
      row.shares_name = methods_[row.name] > 1;
      // Any of the metrics may be left out of a run.
      row.count = std::max({row.count, row.failed.total, row.duration.count()});
    }
    std::ranges::stable_sort(rows_, std::greater<>(),
                             [](const RequestRow& row) { return row.duration.sum(); });
    return std::move(rows_);
  }

 private:
  static std::uint64_t count_of(const metrics::Sink& sink) {
    return static_cast<std::uint64_t>(std::get<metrics::Counter>(sink).sum.value());
  }

  /// Made when it is not there yet; null for samples without a name.
  RequestRow* row_of(const metrics::Tags& tags) {
    const std::string name(metrics::tag_value(tags, "name"));
    if (name.empty()) return nullptr;
    const std::string method(metrics::tag_value(tags, "method"));
    const auto [place, is_new] = index_.try_emplace({name, method}, rows_.size());
    if (is_new) {
      rows_.emplace_back(name, method);
      ++methods_[name];
    }
    return &rows_[place->second];
  }

  std::vector<RequestRow> rows_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;  // by name and method
  std::map<std::string, int> methods_;                                // of a name
};

}  // namespace

std::vector<RequestRow> request_rows(const metrics::Totals& totals) {
  RowCollector rows;
  for (const metrics::Totals::Series& series : totals.series()) rows.add(series);
  return rows.take();
}

std::string label_of(const RequestRow& row) {
  return on_one_line(row.shares_name ? row.method + " " + row.name : row.name);
}

std::string failed_text(const RequestRow& row) {
  return row.failed.total == 0 ? "-" : humanize_rate(row.failed.share());
}

}  // namespace loadrun::report
