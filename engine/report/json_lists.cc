#include "report/json_lists.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>
#include <variant>

#include "report/error_list.h"
#include "report/metric_row.h"
#include "report/request_rows.h"

namespace loadrun::report {
namespace {

/// As numbers in increasing order: "p(N)" of summaryTrendStats and what is always there.
std::set<double> percentiles(const std::vector<std::string>& trend_stats) {
  std::set<double> percents{50, 90, 95, 99, 99.9};
  for (const std::string& stat : trend_stats) {
    if (stat.starts_with("p(")) percents.insert(std::strtod(stat.c_str() + 2, nullptr));
  }
  return percents;
}

Json trend_values(const metrics::Trend& trend, const SummaryInput& input) {
  Json values{{"count", trend.count()},
              {"sum", number(trend.sum())},
              {"avg", number(trend.avg())},
              {"min", number(trend.min())}};
  for (const double percent : percentiles(input.plan.summary_trend_stats)) {
    values[fmt::format("p{}", percent)] = number(trend.percentile(percent / 100));
  }
  values["max"] = number(trend.max());
  return values;
}

struct ReadAll {
  const SummaryInput& input;

  Json operator()(const metrics::Counter& counter) const {
    const double sum = counter.sum.value();
    return {{"count", number(sum)}, {"rate", number(per_second(sum, input.elapsed))}};
  }
  Json operator()(const metrics::Gauge& gauge) const {
    return {{"value", number(gauge.last)}, {"min", number(gauge.min)}, {"max", number(gauge.max)}};
  }
  Json operator()(const metrics::Rate& rate) const {
    return {
        {"rate", number(rate.share())}, {"passes", rate.trues}, {"fails", rate.total - rate.trues}};
  }
  Json operator()(const metrics::Trend& trend) const { return trend_values(trend, input); }
};

/// Seconds since the start of the run.
Json seconds_into(TimePoint at, const SummaryInput& input) {
  return number(to_seconds(at - input.run.start));
}

Json kind_object(const metrics::RaisedError& kind) {
  return {{"file", kind.file}, {"line", kind.line}, {"message", kind.message}};
}

Json kind_object(const metrics::RequestError& kind) {
  return {{"error_code", kind.code}, {"status", kind.status}};
}

Json example_object(const metrics::RaisedExample& example, const SummaryInput& input) {
  return {{"at_s", seconds_into(example.at, input)},
          {"scenario", example.scenario},
          {"vu", example.vu},
          {"iteration", example.iteration}};
}

Json example_object(const metrics::RequestExample& example, const SummaryInput& input) {
  return {{"at_s", seconds_into(example.at, input)},
          {"method", example.method},
          {"name", example.name},
          {"error", example.error}};
}

template <typename Table>
Json error_object(const Table& table, const SummaryInput& input) {
  Json object{{"count", table.total()}, {"others", table.others()}, {"kinds", Json::array()}};
  for (const auto* listed : by_count(table)) {
    Json kind = kind_object(listed->first);
    kind["count"] = listed->second.count;
    kind["first"] = example_object(listed->second.first, input);
    object["kinds"].push_back(std::move(kind));
  }
  return object;
}

}  // namespace

Json tags_object(const metrics::Tags& tags) {
  Json object = Json::object();
  for (const auto& [key, value] : tags) object[key] = value;
  return object;
}

Json all_values(const metrics::Sink& sink, const SummaryInput& input) {
  return std::visit(ReadAll{input}, sink);
}

Json request_list(const SummaryInput& input) {
  Json list = Json::array();
  for (const RequestRow& row : request_rows(input.totals)) {
    list.push_back({{"name", row.name},
                    {"method", row.method},
                    {"count", row.count},
                    {"judged", row.failed.total},
                    {"failed", row.failed.trues},
                    {"duration_ms", trend_values(row.duration, input)}});
  }
  return list;
}

Json errors_object(const SummaryInput& input) {
  const metrics::Errors& errors = input.totals.errors();
  return {{"iterations", error_object(errors.iterations, input)},
          {"requests", error_object(errors.requests, input)}};
}

}  // namespace loadrun::report
