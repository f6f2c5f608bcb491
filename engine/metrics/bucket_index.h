#pragma once

#include <cstdint>

namespace loadrun::metrics {

/// Number of a histogram bucket. Ascending over the whole real line: bucket 0 holds zero, positive
/// values have positive indexes, and bucket -i holds the negatives of bucket i.
using BucketIndex = std::int32_t;

/// The bucket of `value` in a base-2 exponential histogram of scale 8 (OpenTelemetry's definition):
/// bucket i > 0 covers (2^((i-kOffset)/256), 2^((i-kOffset+1)/256)] for a fixed offset, so the
/// upper bound belongs to it. Magnitudes below the smallest normal double, and infinity, fall into
/// the outermost buckets. Bit operations and one table look-up. REQUIRES: no NaN.
BucketIndex bucket_of(double value);

/// Arithmetic middle of a bucket, at most 0.136 % from any value in it; 0 for bucket 0.
double bucket_middle(BucketIndex bucket);

}  // namespace loadrun::metrics
