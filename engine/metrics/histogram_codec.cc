#include "metrics/histogram_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "metrics/byte_codec.h"

namespace loadrun::metrics {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kTimeBit = 1;
constexpr double kParts = 1e6;          // millionths
constexpr double kExactWhole = 0x1p53;  // whole numbers up to here are doubles

enum class Form : std::uint8_t { kMillionths, kDoubles, kBuckets };

/// The values in millionths, if each is exactly that many of them: times are (nanoseconds).
std::optional<std::vector<std::int64_t>> in_millionths(const std::vector<double>& values) {
  std::vector<std::int64_t> whole;
  whole.reserve(values.size());
  for (const double value : values) {
    const double scaled = std::nearbyint(value * kParts);
    if (!(std::fabs(scaled) < kExactWhole) || scaled / kParts != value) return std::nullopt;
    whole.push_back(static_cast<std::int64_t>(scaled));
  }
  return whole;
}

void write_head(ByteWriter& out, const Histogram& histogram, Form form) {
  const bool time = histogram.contains_time();
  out.byte(kVersion);
  out.byte(static_cast<std::uint8_t>((time ? kTimeBit : 0) | static_cast<int>(form) << 1));
  out.varint(histogram.count());
}

void write_values(ByteWriter& out, const Histogram& histogram) {
  std::vector<double> values = histogram.values();
  std::ranges::sort(values);
  const auto whole = in_millionths(values);
  write_head(out, histogram, whole ? Form::kMillionths : Form::kDoubles);
  if (!whole) {
    for (const double value : values) out.number(value);
    return;
  }
  for (std::size_t i = 0; i < whole->size(); ++i) {
    if (i == 0) out.zigzag((*whole)[0]);
    if (i > 0) out.varint(static_cast<std::uint64_t>((*whole)[i] - (*whole)[i - 1]));
  }
}

void write_buckets(ByteWriter& out, const Histogram& histogram) {
  write_head(out, histogram, Form::kBuckets);
  out.number(histogram.min());
  out.number(histogram.max());
  out.sum(histogram.exact_sum());
  const std::vector<BucketCounts::Entry> buckets = histogram.buckets();
  out.varint(buckets.size());
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (i == 0) out.zigzag(buckets[0].bucket);
    if (i > 0) out.varint(static_cast<std::uint64_t>(buckets[i].bucket - buckets[i - 1].bucket));
    out.varint(buckets[i].count);
  }
}

/// Of `count` values, each of at least one byte.
std::uint64_t read_count(ByteReader& in, Form form) {
  const std::uint64_t count = in.varint();
  const bool is_large = count > Histogram::kExactLimit;
  if (is_large != (form == Form::kBuckets)) in.fail("a count that does not go with the form");
  return in.failed() ? 0 : count;
}

void read_millionths(ByteReader& in, std::uint64_t count, Histogram& into) {
  std::int64_t whole = 0;
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const std::uint64_t step = i == 0 ? 0 : in.varint();
    if (i == 0) whole = in.zigzag();
    // Unsigned: a step may be anything; what it leads to is checked.
    whole = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole) + step);
    if (std::fabs(static_cast<double>(whole)) >= kExactWhole) in.fail("a value out of range");
    if (!in.failed()) into.add(static_cast<double>(whole) / kParts);
  }
}

void read_doubles(ByteReader& in, std::uint64_t count, Histogram& into) {
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    const double value = in.number();
    if (!in.failed()) into.add(value);
  }
}

/// The buckets of `count` values; what does not add up is a failure.
std::vector<BucketCounts::Entry> read_entries(ByteReader& in, std::uint64_t count) {
  std::vector<BucketCounts::Entry> entries;
  const std::uint64_t size = in.varint();
  std::int64_t bucket = 0;
  std::uint64_t unseen = count;
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    const std::int64_t step = i == 0 ? in.zigzag() : static_cast<std::int64_t>(in.varint());
    const std::uint64_t values = in.varint();
    if (i > 0 && step <= 0) in.fail("buckets that do not ascend");
    if (step < -kLastBucket || step > 2 * kLastBucket) in.fail("no such bucket");
    if (values == 0 || values > unseen) in.fail("buckets that do not hold all values");
    if (in.failed()) break;
    bucket += step;
    unseen -= values;
    if (bucket > kLastBucket) in.fail("no such bucket");
    entries.push_back({static_cast<BucketIndex>(bucket), values});
  }
  if (unseen != 0) in.fail("buckets that do not hold all values");
  return entries;
}

void read_buckets(ByteReader& in, std::uint64_t count, Histogram& into) {
  Histogram::Buckets read;
  read.min = in.number();
  read.max = in.number();
  read.sum = in.sum();
  read.buckets = read_entries(in, count);
  if (!in.failed() && !into.set_buckets(read)) in.fail("extremes outside of the outer buckets");
}

Histogram read_histogram(ByteReader& in) {
  if (in.byte() != kVersion) in.fail("not a histogram of version 1");
  const std::uint8_t form = in.byte();
  if (form >> 1 > static_cast<int>(Form::kBuckets)) in.fail("an unknown form");
  const auto kind = static_cast<Form>(form >> 1);
  Histogram histogram((form & kTimeBit) != 0 ? ValueKind::kTime : ValueKind::kDefault);
  const std::uint64_t count = read_count(in, kind);
  if (kind == Form::kMillionths) read_millionths(in, count, histogram);
  if (kind == Form::kDoubles) read_doubles(in, count, histogram);
  if (kind == Form::kBuckets) read_buckets(in, count, histogram);
  return histogram;
}

Counter read_counter(ByteReader& in) {
  Counter counter;
  counter.samples = in.varint();
  counter.sum = in.sum();
  return counter;
}

Gauge read_gauge(ByteReader& in) {
  Gauge gauge;
  gauge.samples = in.varint();
  gauge.last = in.number();
  gauge.min = in.number();
  gauge.max = in.number();
  gauge.last_at = {Nanoseconds(in.zigzag())};
  return gauge;
}

Rate read_rate(ByteReader& in) {
  Rate rate;
  rate.trues = in.varint();
  rate.total = in.varint();
  if (rate.trues > rate.total) in.fail("more trues than values");
  return rate;
}

Sink read_sink(ByteReader& in) {
  if (in.byte() != kVersion) in.fail("not a sink of version 1");
  switch (in.byte()) {
    case 0:
      return read_counter(in);
    case 1:
      return read_gauge(in);
    case 2:
      return read_rate(in);
    case 3:
      return read_histogram(in);
    default:
      in.fail("an unknown type");
      return {};
  }
}

struct SinkWriter {
  ByteWriter& out;

  void operator()(const Counter& counter) const {
    out.varint(counter.samples);
    out.sum(counter.sum);
  }
  void operator()(const Gauge& gauge) const {
    out.varint(gauge.samples);
    for (const double value : {gauge.last, gauge.min, gauge.max}) out.number(value);
    out.zigzag(gauge.last_at.since_origin.count());
  }
  void operator()(const Rate& rate) const {
    out.varint(rate.trues);
    out.varint(rate.total);
  }
  void operator()(const Trend& trend) const { out.text(serialise(trend)); }
};

template <typename T>
Result<T> parsed(ByteReader& in, T value) {
  if (!in.failed() && in.left() > 0) in.fail("more bytes than belong to it");
  if (!in.failed()) return value;
  return Error{ExitCode::kGeneric, fmt::format("damaged measurements: {}", in.error())};
}

}  // namespace

std::string serialise(const Histogram& histogram) {
  ByteWriter out;
  if (histogram.count() <= Histogram::kExactLimit) {
    write_values(out, histogram);
  } else {
    write_buckets(out, histogram);
  }
  return out.take();
}

std::string serialise(const Sink& sink) {
  ByteWriter out;
  out.byte(kVersion);
  out.byte(static_cast<std::uint8_t>(sink.index()));
  std::visit(SinkWriter{out}, sink);
  return out.take();
}

Result<Histogram> parse_histogram(std::string_view bytes) {
  ByteReader in(bytes);
  Histogram histogram = read_histogram(in);
  return parsed(in, std::move(histogram));
}

Result<Sink> parse_sink(std::string_view bytes) {
  ByteReader in(bytes);
  Sink sink = read_sink(in);
  return parsed(in, std::move(sink));
}

}  // namespace loadrun::metrics
