#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "metrics/bucket_counts.h"
#include "metrics/exact_sum.h"
#include "metrics/metric.h"

namespace loadrun::metrics {

/// The distribution of a trend's values, with exact count, smallest, largest and sum.
///
/// Up to kExactLimit values are kept as they are, so small runs give exact percentiles. The next
/// one turns them into a base-2 exponential histogram of scale 8: buckets 0.27 % wide. Time metrics
/// enter and leave in milliseconds but are bucketed in *seconds*, so that a Prometheus or OTLP
/// histogram in seconds is an exact downscale. What a histogram answers depends only on the values
/// added, not on their order or on how they were split and merged. Confined to one thread at a
/// time.
class Histogram {
 public:
  static constexpr std::uint64_t kExactLimit = 512;

  explicit Histogram(ValueKind contains);

  /// Adds one value, in the metric's unit. REQUIRES: no NaN.
  void add(double value);
  /// Adds all of `other`'s values. REQUIRES: made for the same kind of value.
  void merge(const Histogram& other);
  /// Back to empty, keeping the memory.
  void clear();

  std::uint64_t count() const { return count_; }
  double min() const { return count_ == 0 ? 0 : min_; }  ///< 0 when empty.
  double max() const { return count_ == 0 ? 0 : max_; }  ///< 0 when empty.
  double sum() const { return sum_.value(); }
  double avg() const;  ///< 0 when empty.

  /// k6's percentile: linear interpolation between the values at the ranks next to q*(count-1).
  /// `q` in [0,1]. 0 when empty. Past kExactLimit values each of the two is the middle of its
  /// bucket (smallest and largest stay exact): the error is at most 0.14 % of the larger of the
  /// two.
  double percentile(double q) const;

  /// How many values are greater than `limit`. Past kExactLimit values those in the same bucket are
  /// not.
  std::uint64_t count_above(double limit) const;

  bool contains_time() const { return bucket_unit_ != 1; }
  const ExactSum& exact_sum() const { return sum_; }
  /// The number of the bucket that `value` belongs to.
  BucketIndex bucket(double value) const { return bucket_of(value / bucket_unit_); }
  /// Up to kExactLimit values: all of them, in no order. Beyond: none.
  const std::vector<double>& values() const { return values_; }
  /// Beyond kExactLimit values: the buckets (of seconds if contains_time()) that are not empty,
  /// ascending. Before: none.
  std::vector<BucketCounts::Entry> buckets() const { return buckets_.entries(); }

  /// What a histogram of more than kExactLimit values consists of; the extremes in the metric's
  /// unit, `buckets` as buckets() returns them.
  struct Buckets {
    double min = 0;
    double max = 0;
    ExactSum sum;
    std::vector<BucketCounts::Entry> buckets;
  };
  /// Replaces what is in it. False, and nothing is changed, when the extremes do not lie in the
  /// outermost buckets. REQUIRES: more than kExactLimit values.
  bool set_buckets(const Buckets& from);

 private:
  bool is_exact() const { return count_ <= kExactLimit; }
  void add_to_bucket(double value) { buckets_.add(bucket(value), 1); }
  void move_values_to_buckets();
  double exact_percentile(double rank) const;
  double value_at(std::uint64_t rank) const;

  double bucket_unit_;  // metric units per bucket unit
  std::uint64_t count_ = 0;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
  ExactSum sum_;
  std::vector<double> values_;  // all of them while is_exact(), else empty
  BucketCounts buckets_;        // empty while is_exact()
};

}  // namespace loadrun::metrics
