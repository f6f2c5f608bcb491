#include "report/metric_row.h"

#include <fmt/format.h>

#include <cstdlib>
#include <variant>

#include "report/humanize.h"

namespace loadrun::report {
namespace {

std::string ratio(std::uint64_t part, std::uint64_t total) {
  return fmt::format("{} out of {}", part, total);
}

// Fills a row's cells from a sink, by its type.
struct FillCells {
  MetricRow& row;
  metrics::ValueKind kind;
  const SummaryInput& input;

  std::string text(double value) const {
    return humanize(value, kind, input.plan.summary_time_unit);
  }

  void operator()(const metrics::Counter& counter) const {
    const double sum = counter.sum.value();
    row.value = text(sum);
    row.extras = {text(per_second(sum, input.elapsed)) + "/s"};
  }

  void operator()(const metrics::Gauge& gauge) const {
    row.value = text(gauge.last);
    row.extras = {"min=" + text(gauge.min), "max=" + text(gauge.max)};
  }

  void operator()(const metrics::Rate& rate) const {
    row.value = humanize_rate(share(rate.trues, rate.total));
    row.extras = {ratio(rate.trues, rate.total)};
  }

  void operator()(const metrics::Trend& trend) const {
    for (const std::string& stat : input.plan.summary_trend_stats) {
      row.stats.push_back(
          {stat, stat == "count" ? std::to_string(trend.count()) : text(trend_stat(trend, stat))});
    }
  }
};

}  // namespace

MetricRow metric_row(const ShownMetric& shown, const SummaryInput& input) {
  MetricRow row{shown.tag_text.empty() ? shown.metric.name : "  { " + shown.tag_text + " }"};
  std::visit(FillCells{row, shown.metric.contains, input}, *shown.sink);
  return row;
}

std::vector<MetricRow> check_rows(const metrics::Rate& checks, Nanoseconds elapsed) {
  const std::uint64_t failed = checks.total - checks.trues;
  const double rate = per_second(static_cast<double>(checks.total), elapsed);
  return {
      {"checks_total",
       std::to_string(checks.total),
       {humanize(rate, metrics::ValueKind::kDefault, "") + "/s"}},
      {"checks_succeeded",
       humanize_rate(share(checks.trues, checks.total)),
       {ratio(checks.trues, checks.total)}},
      {"checks_failed", humanize_rate(share(failed, checks.total)), {ratio(failed, checks.total)}},
  };
}

double per_second(double amount, Nanoseconds elapsed) {
  return elapsed > Nanoseconds{0} ? amount / to_seconds(elapsed) : 0;
}

double trend_stat(const metrics::Trend& trend, const std::string& stat) {
  if (stat == "avg") return trend.avg();
  if (stat == "min") return trend.min();
  if (stat == "max") return trend.max();
  if (stat == "med") return trend.percentile(0.5);
  if (stat == "count") return static_cast<double>(trend.count());
  return trend.percentile(std::strtod(stat.c_str() + 2, nullptr) / 100);  // "p(N)"
}

double share(std::uint64_t trues, std::uint64_t total) {
  return total == 0 ? 0 : static_cast<double>(trues) / static_cast<double>(total);
}

}  // namespace loadrun::report
