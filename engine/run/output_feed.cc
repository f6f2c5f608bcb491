#include "run/output_feed.h"

#include <limits>
#include <utility>

namespace loadrun::run {

OutputFeed::OutputFeed(outputs::OutputSet& outputs, const metrics::Registry& registry,
                       const metrics::Totals& totals)
    : outputs_(outputs),
      registry_(registry),
      totals_(totals),
      wants_samples_(outputs.wants_samples()) {}

void OutputFeed::start(TimePoint start, Nanoseconds wall) {
  wall_offset_ = wall - start.since_origin;
}

void OutputFeed::add(std::uint32_t worker, const metrics::Delta& delta) {
  learn_series();
  const std::vector<std::size_t>& series = totals_.series_of(worker);
  Draft& draft = drafts_[delta.second];
  draft.batch.second = delta.second * 1s;
  add_parts(draft, delta, series);
  if (wants_samples_) add_samples(draft.batch, delta, series);
}

void OutputFeed::publish(std::int64_t second) {
  while (!drafts_.empty() && drafts_.begin()->first <= second) {
    outputs::Batch batch = std::move(drafts_.begin()->second.batch);
    drafts_.erase(drafts_.begin());
    for (const outputs::Batch::Part& part : batch.parts) {
      batch.sample_count += metrics::sample_count(part.sink);
    }
    if (!batch.parts.empty()) outputs_.publish(std::move(batch));
  }
}

void OutputFeed::flush() { publish(std::numeric_limits<std::int64_t>::max()); }

void OutputFeed::learn_series() {
  const auto& series = totals_.series();
  for (; known_series_ < series.size(); ++known_series_) {
    const metrics::Totals::Series& added = series[known_series_];
    outputs_.series().add({registry_.metric(added.metric), added.tags});
  }
}

void OutputFeed::add_parts(Draft& draft, const metrics::Delta& delta,
                           const std::vector<std::size_t>& series) {
  std::vector<outputs::Batch::Part>& parts = draft.batch.parts;
  for (const metrics::SeriesId touched : delta.touched) {
    const auto index = static_cast<std::uint32_t>(series[touched.index]);
    const metrics::Sink& sink = delta.sinks[touched.index];
    const auto [place, is_new] = draft.part_of.try_emplace(index, parts.size());
    if (is_new) {
      parts.push_back({index, sink});
    } else {
      metrics::merge(parts[place->second].sink, sink);
    }
  }
}

void OutputFeed::add_samples(outputs::Batch& batch, const metrics::Delta& delta,
                             const std::vector<std::size_t>& series) const {
  const auto shift = static_cast<std::uint32_t>(batch.metadata.size());
  batch.metadata.insert(batch.metadata.end(), delta.metadata.begin(), delta.metadata.end());
  batch.samples.reserve(batch.samples.size() + delta.samples.size());
  for (const metrics::Sample& sample : delta.samples) {
    batch.samples.push_back({.series = static_cast<std::uint32_t>(series[sample.series.index]),
                             .metadata = sample.metadata == 0 ? 0 : sample.metadata + shift,
                             .value = sample.value,
                             .wall = sample.at.since_origin + wall_offset_});
  }
}

}  // namespace loadrun::run
