#include "metrics/histogram.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

constexpr double kMillisecondsPerSecond = 1000;

double interpolate(double lower, double upper, double fraction) {
  if (lower == upper || fraction == 0) return lower;
  const double step = upper - lower;
  if (!std::isinf(step)) return lower + step * fraction;
  // Infinite neighbours, or ones whose difference is too large.
  return std::isinf(lower) ? lower : lower * (1 - fraction) + upper * fraction;
}

}  // namespace

Histogram::Histogram(ValueKind contains)
    : bucket_unit_(contains == ValueKind::kTime ? kMillisecondsPerSecond : 1) {}

void Histogram::add(double value) {
  value += 0.0;  // -0 becomes 0, or which of them is the minimum would depend on the order
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_.add(value);
  ++count_;
  if (is_exact()) {
    values_.push_back(value);
    return;
  }
  if (!values_.empty()) move_values_to_buckets();
  add_to_bucket(value);
}

void Histogram::merge(const Histogram& other) {
  LOADRUN_CHECK(bucket_unit_ == other.bucket_unit_);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_.merge(other.sum_);
  count_ += other.count_;
  if (is_exact()) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
    return;
  }
  move_values_to_buckets();
  buckets_.merge(other.buckets_);
  for (const double value : other.values_) add_to_bucket(value);
}

bool Histogram::set_buckets(const Buckets& from) {
  if (bucket(from.min) != from.buckets.front().bucket) return false;
  if (bucket(from.max) != from.buckets.back().bucket) return false;
  if (from.min > from.max) return false;
  clear();
  min_ = from.min;
  max_ = from.max;
  sum_ = from.sum;
  for (const auto& [index, count] : from.buckets) {
    count_ += count;
    buckets_.add(index, count);
  }
  LOADRUN_CHECK(!is_exact());
  return true;
}

void Histogram::clear() {
  count_ = 0;
  min_ = std::numeric_limits<double>::infinity();
  max_ = -std::numeric_limits<double>::infinity();
  sum_ = {};
  values_.clear();
  buckets_.clear();
}

double Histogram::avg() const { return count_ == 0 ? 0 : sum() / static_cast<double>(count_); }

double Histogram::percentile(double q) const {
  if (count_ == 0) return 0;
  const double rank = q * static_cast<double>(count_ - 1);
  if (is_exact()) return exact_percentile(rank);
  const auto lower = static_cast<std::uint64_t>(rank);
  const std::uint64_t upper = std::min(lower + 1, count_ - 1);
  return interpolate(value_at(lower), value_at(upper), rank - std::floor(rank));
}

void Histogram::move_values_to_buckets() {
  for (const double value : values_) add_to_bucket(value);
  values_.clear();
}

std::uint64_t Histogram::count_above(double limit) const {
  if (is_exact()) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(values_, [limit](double value) { return value > limit; }));
  }
  const BucketIndex last = bucket(limit);
  std::uint64_t count = 0;
  for (const BucketCounts::Entry& entry : buckets_.entries()) {
    if (entry.bucket > last) count += entry.count;
  }
  return count;
}

double Histogram::exact_percentile(double rank) const {
  std::vector<double> values = values_;
  const auto lower = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), lower, values.end());
  const auto upper = lower + 1 == values.end() ? lower : std::min_element(lower + 1, values.end());
  return interpolate(*lower, *upper, rank - std::floor(rank));
}

double Histogram::value_at(std::uint64_t rank) const {
  if (rank == 0) return min_;
  if (rank == count_ - 1) return max_;
  return std::clamp(bucket_middle(buckets_.bucket_at(rank)) * bucket_unit_, min_, max_);
}

}  // namespace loadrun::metrics
