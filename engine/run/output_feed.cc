#include "run/output_feed.h"

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

void OutputFeed::add(std::uint32_t worker, const metrics::Delta& delta, Nanoseconds second) {
  if (delta.touched.empty()) return;
  if (second != batch_.second) flush();
  batch_.second = second;
  learn_series();
  const std::vector<std::size_t>& series = totals_.series_of(worker);
  add_parts(delta, series);
  if (wants_samples_) add_samples(delta, series);
}

void OutputFeed::flush() {
  if (batch_.parts.empty()) return;
  for (const outputs::Batch::Part& part : batch_.parts) {
    batch_.sample_count += metrics::sample_count(part.sink);
    part_of_[part.series] = 0;
  }
  outputs_.publish(std::exchange(batch_, {}));
}

void OutputFeed::learn_series() {
  const auto& series = totals_.series();
  for (std::size_t i = part_of_.size(); i < series.size(); ++i) {
    outputs_.series().add({registry_.metric(series[i].metric), series[i].tags});
    part_of_.push_back(0);
  }
}

void OutputFeed::add_parts(const metrics::Delta& delta, const std::vector<std::size_t>& series) {
  for (const metrics::SeriesId touched : delta.touched) {
    const std::size_t index = series[touched.index];
    const metrics::Sink& sink = delta.sinks[touched.index];
    std::uint32_t& position = part_of_[index];
    if (position == 0) {
      batch_.parts.push_back({static_cast<std::uint32_t>(index), sink});
      position = static_cast<std::uint32_t>(batch_.parts.size());
    } else {
      metrics::merge(batch_.parts[position - 1].sink, sink);
    }
  }
}

void OutputFeed::add_samples(const metrics::Delta& delta, const std::vector<std::size_t>& series) {
  const auto shift = static_cast<std::uint32_t>(batch_.metadata.size());
  batch_.metadata.insert(batch_.metadata.end(), delta.metadata.begin(), delta.metadata.end());
  batch_.samples.reserve(batch_.samples.size() + delta.samples.size());
  for (const metrics::Sample& sample : delta.samples) {
    batch_.samples.push_back({.series = static_cast<std::uint32_t>(series[sample.series.index]),
                              .metadata = sample.metadata == 0 ? 0 : sample.metadata + shift,
                              .value = sample.value,
                              .wall = sample.at.since_origin + wall_offset_});
  }
}

}  // namespace loadrun::run
