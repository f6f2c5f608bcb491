#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "metrics/histogram.h"
#include "metrics/sink.h"

namespace loadrun::metrics {

/// Histograms and sinks as bytes, for result files and for other processes. What is written depends
/// only on the values added: equal multisets give equal bytes, whatever their order and split.
///
/// Format, version 1. `varint` is LEB128 (7 bits a byte, lowest first), `zigzag` a varint of
/// (n << 1) ^ (n >> 63), `double` 8 bytes, little-endian, `sum` as ExactSum holds it: varint of
/// the 64 fraction bits, zigzag of the 64 bits above them, zigzag of the 64 bits above those minus
/// the sign that the middle ones suggest (nearly always 0).
///
///   histogram = version form count content
///     version   1
///     form      bit 0: values are milliseconds, bucketed in seconds; bits 1-2: the form of content
///     count     varint; 0 has no content
///     content   form 0: the values, ascending, each a multiple of 1e-6: zigzag of the first in
///                       millionths, then varints of the differences
///               form 1: the values, ascending, as doubles
///               form 2 (more than Histogram::kExactLimit values): min double, max double, sum,
///                       varint number of buckets, then for each one that is not empty, ascending:
///                       its index (zigzag) or its distance to the one before (varint), its count
///                       (varint)
///   sink      = version type content
///     type      0 counter: varint samples, sum
///               1 gauge:   varint samples, last, min, max as doubles, zigzag nanoseconds of the
///                          last one on the clock of the process that measured it
///               2 rate:    varint trues, varint total
///               3 trend:   a histogram
std::string serialise(const Histogram& histogram);
std::string serialise(const Sink& sink);

/// The opposite; all of `bytes` belongs to it. Fails (kGeneric) with what is wrong and where, on
/// anything that serialise() cannot have written and that would make a wrong histogram.
Result<Histogram> parse_histogram(std::string_view bytes);
Result<Sink> parse_sink(std::string_view bytes);

}  // namespace loadrun::metrics
