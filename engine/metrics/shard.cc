#include "metrics/shard.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

constexpr Nanoseconds kSecond = 1s;

// When nobody takes them, what comes after so many seconds is added up.
constexpr std::size_t kMaxClosed = 8;

}  // namespace

Shard::Shard(const Registry& registry, TagTable& tags)
    : registry_(registry),
      tags_(tags),
      begin_{Nanoseconds::min()},
      length_(std::numeric_limits<std::uint64_t>::max()) {}

void Shard::leave_out(MetricId metric) {
  if (left_out_.size() <= metric.index) left_out_.resize(metric.index + 1);
  left_out_[metric.index] = true;
}

SeriesId Shard::series(MetricId metric, TagSetId tags) {
  if (metric.index < left_out_.size() && left_out_[metric.index]) return nowhere();
  const std::uint64_t key = std::uint64_t{metric.index} << 32 | tags.index;
  const SeriesId next{static_cast<std::uint32_t>(kinds_.size())};
  const auto [found, is_new] = index_.try_emplace(key, next);
  if (!is_new) return found->second;
  const Metric definition = registry_.metric(metric);
  if (kinds_.size() >= most_series_) tags_.fold();
  return add_series({definition.type, definition.contains}, {metric, tags_.tags(tags)});
}

SeriesId Shard::add_series(Kind kind, Delta::NewSeries announced) {
  const SeriesId added{static_cast<std::uint32_t>(kinds_.size())};
  kinds_.push_back(kind);
  is_touched_.push_back(0);
  grow(current_);
  new_series_.push_back(std::move(announced));
  return added;
}

/// Announced like others, so that ids stay dense, and taken for touched always: no delta lists it.
SeriesId Shard::nowhere() {
  if (!nowhere_) {
    nowhere_ = add_series({MetricType::kRate, ValueKind::kDefault},
                          {id_of(Builtin::kLoadrunFoldedTags), {}});
    is_touched_[nowhere_->index] = 1;
  }
  return *nowhere_;
}

void Shard::start(TimePoint origin) {
  LOADRUN_CHECK(!started_);
  close_current();
  started_ = true;
  origin_ = origin;
  length_ = static_cast<std::uint64_t>(kSecond.count());
  begin_second(0);
}

void Shard::record_now(SeriesId series, double value, TimePoint at) {
  if (keeps_samples_ && series != nowhere_) [[unlikely]] {
    keep(current_, series, value, at);
  }
  if (is_touched_[series.index] == 0) {
    is_touched_[series.index] = 1;
    current_.touched.push_back(series);
  }
  add(current_.sinks[series.index], value, at);
}

/// With the metadata as it is now.
void Shard::keep(Delta& delta, SeriesId series, double value, TimePoint at) const {
  std::uint32_t number = 0;
  if (!metadata_.empty()) {
    if (delta.metadata.empty() || delta.metadata.back() != metadata_) {
      delta.metadata.push_back(metadata_);
    }
    number = static_cast<std::uint32_t>(delta.metadata.size());
  }
  delta.samples.push_back({series, number, value, at});
}

void Shard::record_elsewhere(SeriesId series, double value, TimePoint at) {
  if (series == nowhere_) return;
  const std::int64_t second = second_of(at);
  if (second > current_.second) go_on_to(second);
  if (second == current_.second || (second <= complete_ && closed_.empty())) {
    return record_now(series, value, at);
  }
  Delta& delta = second <= complete_ ? closed_.front() : open_second(second);
  grow(delta);
  Sink& sink = delta.sinks[series.index];
  if (is_empty(sink)) delta.touched.push_back(series);
  add(sink, value, at);
  if (keeps_samples_) keep(delta, series, value, at);
}

std::int64_t Shard::second_of(TimePoint at) const {
  return at < origin_ ? kBeforeStart : (at - origin_) / kSecond;
}

/// What there is no room for goes on, too.
void Shard::go_on_to(std::int64_t second) {
  if (closed_.size() < kMaxClosed) close_current();
  begin_second(second);
}

void Shard::begin_second(std::int64_t second) {
  current_.second = second;
  begin_ = origin_ + second * kSecond;
}

void Shard::close_seconds(TimePoint now) {
  if (!started_) return close_current();
  const std::int64_t running = second_of(now);
  if (running > current_.second) go_on_to(running);
  complete_ = std::max(complete_, running - 1);
}

void Shard::close_all() {
  close_current();
  complete_ = current_.second;
}

void Shard::close_current() {
  if (current_.touched.empty() && current_.errors.total() == 0) return;
  for (const SeriesId series : current_.touched) is_touched_[series.index] = 0;
  const std::int64_t second = current_.second;
  closed_.push_back(std::exchange(current_, fresh(second)));
}

/// One before the current one.
Delta& Shard::open_second(std::int64_t second) {
  const auto place = std::ranges::lower_bound(closed_, second, std::less<>{}, &Delta::second);
  if (place != closed_.end() && place->second == second) return *place;
  if (closed_.size() >= kMaxClosed) return place != closed_.end() ? *place : closed_.back();
  return *closed_.insert(place, fresh(second));
}

Delta Shard::fresh(std::int64_t second) {
  Delta delta;
  if (!spare_.empty()) {
    delta = std::move(spare_.back());
    spare_.pop_back();
  }
  delta.second = second;
  grow(delta);
  return delta;
}

/// Gives it a sink for every series.
void Shard::grow(Delta& delta) const {
  while (delta.sinks.size() < kinds_.size()) {
    const Kind kind = kinds_[delta.sinks.size()];
    delta.sinks.push_back(make_sink(kind.type, kind.contains));
  }
}

void Shard::recycle(Delta emptied) {
  LOADRUN_CHECK(emptied.touched.empty() && emptied.new_series.empty());
  spare_.push_back(std::move(emptied));
}

Delta Shard::take(Delta emptied) {
  recycle(std::move(emptied));
  return take();
}

Delta Shard::take() {
  Delta taken;
  if (closed_.empty()) {
    for (const SeriesId series : current_.touched) is_touched_[series.index] = 0;
    taken = std::exchange(current_, fresh(current_.second));
  } else {
    taken = std::move(closed_.front());
    closed_.erase(closed_.begin());
  }
  taken.first_new = static_cast<std::uint32_t>(kinds_.size() - new_series_.size());
  std::swap(taken.new_series, new_series_);
  return taken;
}

}  // namespace loadrun::metrics
