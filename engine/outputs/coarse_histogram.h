#pragma once

#include <string>

#include "metrics/histogram.h"

namespace loadrun::outputs {

/// How many bytes coarse_histogram() takes at most.
constexpr std::size_t kCoarseBytes = 32;

/// The distribution of `histogram` in few bytes: its buckets, halved in number until they fit. Few
/// values, or values close to each other, keep the full resolution of 0.27 %.
///
/// Format: a byte with the scale s, signed; then 4-bit digits, the high half of a byte first, which
/// make up numbers: three bits each, lowest first, and 8 is added when another one follows. The
/// first number is that of the lowest bucket in zigzag ((n << 1) ^ (n >> 63)). Then comes how many
/// values are in that bucket, and in the next one, and so on; a 0 is followed by the number of
/// empty buckets that it stands for. A last digit 0 fills up a byte.
///
/// Bucket k > 0 holds the values in (2^((k-1)/2^s - 1023), 2^(k/2^s - 1023)], bucket -k their
/// negatives and bucket 0 zero; values of time metrics are bucketed in seconds.
std::string coarse_histogram(const metrics::Histogram& histogram);

}  // namespace loadrun::outputs
