#include "run/probe_measurements.h"

namespace loadrun::run {

ProbeMeasurements::ProbeMeasurements(const std::vector<metrics::Objective>& objectives,
                                     const metrics::Registry& registry) {
  for (const metrics::Objective& objective : objectives) {
    parts_.push_back({{}, objective.metric(), objective.tags()});
  }
  for (const metrics::Builtin metric : kLatencies) parts_.push_back({{}, id_of(metric), {}});
  for (const metrics::Submetric& part : parts_) {
    const metrics::Metric metric = registry.metric(part.metric);
    empty_.push_back(metrics::make_sink(metric.type, metric.contains));
  }
  sinks_ = empty_;
}

void ProbeMeasurements::begin(std::int64_t number) {
  probe_ = std::to_string(number);
  sinks_ = empty_;
}

ProbeMeasurements::Series ProbeMeasurements::describe(const metrics::Totals::Series& series) const {
  Series described{std::string(metrics::tag_value(series.tags, "probe")), {}};
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].matches(series.metric, series.tags)) described.places.push_back(i);
  }
  return described;
}

void ProbeMeasurements::add(const metrics::Totals& totals, std::uint32_t worker,
                            const metrics::Delta& delta) {
  while (series_.size() < totals.series().size()) {
    series_.push_back(describe(totals.series()[series_.size()]));
  }
  const std::vector<std::size_t>& index_of = totals.series_of(worker);
  for (const metrics::SeriesId touched : delta.touched) {
    const Series& series = series_[index_of[touched.index]];
    if (series.probe != probe_) continue;
    for (const std::size_t place : series.places) {
      metrics::merge(sinks_[place], delta.sinks[touched.index]);
    }
  }
}

const metrics::Trend& ProbeMeasurements::latency(std::size_t index) const {
  return std::get<metrics::Trend>(sinks_[sinks_.size() - kLatencies.size() + index]);
}

}  // namespace loadrun::run
