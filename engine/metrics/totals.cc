#include "metrics/totals.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

constexpr std::array kTypes{MetricType::kCounter, MetricType::kGauge, MetricType::kRate,
                            MetricType::kTrend};
constexpr std::array kKinds{ValueKind::kDefault, ValueKind::kTime, ValueKind::kData};

std::size_t hash_of(const Delta::NewSeries& series) {
  constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;
  return metrics::hash_of(series.tags) ^ (series.metric.index + 1) * kSpread;
}

bool is_preparation(const Tags& tags) {
  const std::string_view group = tag_value(tags, "group");
  return group.starts_with(kPreparationGroup) &&
         (group.size() == kPreparationGroup.size() ||
          group.substr(kPreparationGroup.size()).starts_with("::"));
}

}  // namespace

bool names_group(const Tags& tags) {
  return std::ranges::any_of(tags, [](const auto& tag) { return tag.first == "group"; });
}

bool Submetric::matches(MetricId sample_metric, const Tags& sample_tags) const {
  return metric == sample_metric && std::ranges::all_of(tags, [&](const auto& tag) {
           return tag_value(sample_tags, tag.first) == tag.second;
         });
}

Totals::Totals(const Registry& registry) : registry_(registry) {
  for (const MetricType type : kTypes) {
    for (const ValueKind kind : kKinds) empty_sinks_.push_back(make_sink(type, kind));
  }
  learn_metrics();
  track({"http_req_duration{expected_response:true}",
         id_of(Builtin::kHttpReqDuration),
         {{"expected_response", "true"}}});
}

void Totals::track(Submetric submetric) {
  LOADRUN_CHECK(series_.empty());
  const bool known = std::ranges::any_of(submetrics_, [&](const Submetric& other) {
    return other.metric == submetric.metric && other.tags == submetric.tags;
  });
  if (known) return;
  const Metric parent = registry_.metric(submetric.metric);
  submetric_sinks_.push_back(make_sink(parent.type, parent.contains));
  submetrics_.push_back(std::move(submetric));
}

void Totals::watch(const WatchSpec& spec, const std::map<std::string, Nanoseconds>& starts) {
  LOADRUN_CHECK(series_.empty());
  const Metric metric = registry_.metric(spec.part.metric);
  watches_.push_back(
      {spec, starts, SecondWindow(make_sink(metric.type, metric.contains), spec.window)});
}

void Totals::add(std::uint32_t worker, const Delta& delta) {
  if (worker >= series_of_worker_.size()) series_of_worker_.resize(worker + 1);
  std::vector<std::size_t>& translation = series_of_worker_[worker];
  LOADRUN_CHECK(delta.first_new == translation.size());
  for (const Delta::NewSeries& added : delta.new_series) {
    translation.push_back(find_or_add(added));
  }
  for (const SeriesId touched : delta.touched) {
    const Sink& from = delta.sinks[touched.index];
    const std::size_t index = translation[touched.index];
    Series& into = series_[index];
    metrics::merge(into.sink, from);
    metrics::merge(metrics_[into.metric.index], from);
    for (const std::size_t sub : submetrics_of_[index]) metrics::merge(submetric_sinks_[sub], from);
    for (const Watcher& watcher : watchers_of_[index]) {
      if (delta.second < watcher.first) continue;
      watches_[watcher.watch].seconds.add(delta.second, from);
    }
  }
  errors_.merge(delta.errors);
}

void Totals::merge(std::uint32_t worker, Delta& delta) {
  add(worker, delta);
  delta.clear();
}

const Sink& Totals::metric(MetricId id) const {
  if (id.index < metrics_.size()) return metrics_[id.index];
  const Metric definition = registry_.metric(id);
  return empty_sinks_[static_cast<std::size_t>(definition.type) * kKinds.size() +
                      static_cast<std::size_t>(definition.contains)];
}

Sink Totals::without_preparation(const Submetric& part) const {
  const Metric definition = registry_.metric(part.metric);
  Sink sink = make_sink(definition.type, definition.contains);
  for (const Series& series : series_) {
    if (!part.matches(series.metric, series.tags) || is_preparation(series.tags)) continue;
    metrics::merge(sink, series.sink);
  }
  return sink;
}

std::optional<std::int64_t> Totals::first_second(const Watch& watch,
                                                 const Delta::NewSeries& series) const {
  const Submetric& part = watch.spec.part;
  if (!part.matches(series.metric, series.tags)) return std::nullopt;
  if (has_preparation_ && !names_group(part.tags) && is_preparation(series.tags)) {
    return std::nullopt;
  }
  const auto start = watch.starts.find(std::string(tag_value(series.tags, "scenario")));
  return first_whole_second((start == watch.starts.end() ? 0ns : start->second) + watch.spec.after);
}

std::size_t Totals::find_or_add(const Delta::NewSeries& series) {
  const auto [first, last] = index_.equal_range(hash_of(series));
  const auto known = std::find_if(first, last, [&](const auto& entry) {
    const Series& candidate = series_[entry.second];
    return candidate.metric == series.metric && candidate.tags == series.tags;
  });
  return known != last ? known->second : add_series(series);
}

std::size_t Totals::add_series(const Delta::NewSeries& series) {
  if (series.metric.index >= metrics_.size()) learn_metrics();
  const Metric definition = registry_.metric(series.metric);
  const std::size_t index = series_.size();
  series_.push_back({series.metric, series.tags, make_sink(definition.type, definition.contains)});
  std::vector<std::size_t>& matching = submetrics_of_.emplace_back();
  for (std::size_t i = 0; i < submetrics_.size(); ++i) {
    if (submetrics_[i].matches(series.metric, series.tags)) matching.push_back(i);
  }
  std::vector<Watcher>& watchers = watchers_of_.emplace_back();
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    if (const auto first = first_second(watches_[i], series)) watchers.push_back({i, *first});
  }
  index_.emplace(hash_of(series), index);
  return index;
}

void Totals::learn_metrics() {
  const std::vector<Metric> known = registry_.all();
  for (std::size_t i = metrics_.size(); i < known.size(); ++i) {
    metrics_.push_back(make_sink(known[i].type, known[i].contains));
  }
}

}  // namespace loadrun::metrics
