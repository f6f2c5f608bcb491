#include "metrics/histogram_codec.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

using namespace std::string_literals;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Histogram histogram_of(const std::vector<double>& values, ValueKind contains = ValueKind::kTime) {
  Histogram histogram(contains);
  for (const double value : values) histogram.add(value);
  return histogram;
}

std::vector<double> latencies(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution draw(3.0, 2.0);
  std::vector<double> values(count);
  // As they are measured: whole nanoseconds, in milliseconds.
  for (double& value : values) value = std::floor(draw(random) * 1e6) / 1e6;
  return values;
}

std::vector<double> answers(const Histogram& histogram) {
  std::vector<double> all{static_cast<double>(histogram.count()), histogram.min(), histogram.max(),
                          histogram.sum()};
  for (int percent = 0; percent <= 100; ++percent) {
    all.push_back(histogram.percentile(percent / 100.0));
  }
  return all;
}

void check_round_trip(const Histogram& histogram) {
  const std::string bytes = serialise(histogram);
  const Result<Histogram> read = parse_histogram(bytes);
  REQUIRE(read.ok());
  CHECK(answers(read.value()) == answers(histogram));
  CHECK(read.value().exact_sum() == histogram.exact_sum());
  CHECK(read.value().contains_time() == histogram.contains_time());
  CHECK(serialise(read.value()) == bytes);
}

std::string error_of(std::string_view bytes) {
  const Result<Histogram> read = parse_histogram(bytes);
  return read.ok() ? "" : read.error().message;
}

TEST_CASE("a histogram comes back from its bytes as it was") {
  const double tiny = std::numeric_limits<double>::denorm_min();
  const double huge = std::numeric_limits<double>::max();
  for (const ValueKind kind : {ValueKind::kDefault, ValueKind::kTime}) {
    check_round_trip(Histogram(kind));
    check_round_trip(histogram_of({0}, kind));
    check_round_trip(histogram_of({1.5, -3, 1e-6, -1e-6, 9e9, -9e9}, kind));
    check_round_trip(histogram_of({1.0 / 3, tiny, -huge, kInfinity, -kInfinity}, kind));
    for (const std::size_t count : {1U, 10U, 511U, 512U, 513U, 10000U}) {
      check_round_trip(histogram_of(latencies(count, count), kind));
    }
    std::vector<double> wide = latencies(600, 3);
    for (const double value : {tiny, -tiny, huge, -huge, kInfinity, -kInfinity, 0.0}) {
      wide.push_back(value);
    }
    check_round_trip(histogram_of(wide, kind));
  }
}

TEST_CASE("a histogram that came back goes on counting") {
  for (const std::size_t count : {20U, 512U, 2000U}) {
    const std::vector<double> values = latencies(count, 5);
    Histogram expected = histogram_of(values);
    Histogram read = parse_histogram(serialise(expected)).value();
    for (const double more : latencies(600, 6)) {
      expected.add(more);
      read.add(more);
    }
    CHECK(serialise(read) == serialise(expected));
  }
}

TEST_CASE("equal values give equal bytes, whatever their order and split") {
  std::mt19937_64 random(17);
  for (const std::size_t count : {100U, 512U, 513U, 4000U}) {
    std::vector<double> values = latencies(count, 9);
    const std::string expected = serialise(histogram_of(values));
    for (int round = 0; round < 5; ++round) {
      std::ranges::shuffle(values, random);
      std::vector<Histogram> parts(1 + random() % 8, Histogram(ValueKind::kTime));
      for (const double value : values) parts[random() % parts.size()].add(value);
      for (std::size_t i = 1; i < parts.size(); ++i) parts[0].merge(parts[i]);
      CHECK(serialise(parts[0]) == expected);
    }
  }
}

TEST_CASE("times take few bytes") {
  CHECK(serialise(Histogram(ValueKind::kTime)).size() == 3);
  CHECK(serialise(histogram_of(latencies(1, 1))).size() <= 3 + 4);
  CHECK(serialise(histogram_of(latencies(100, 1))).size() <= 100 * 4);
  CHECK(serialise(histogram_of(latencies(100000, 1))).size() <= 9000);
}

TEST_CASE("the bytes are those of the documented format") {
  CHECK(serialise(histogram_of({0.000002, 0.000001}, ValueKind::kDefault)) == "\1\0\2\2\1"s);
  CHECK(serialise(histogram_of({-0.000001})) == "\1\1\1\1"s);
  const std::string one = serialise(histogram_of({kInfinity}));
  CHECK(one == "\1\3\1\0\0\0\0\0\0\xf0\x7f"s);
  const std::string constant = serialise(histogram_of(std::vector(600, 1.0), ValueKind::kDefault));
  const std::string number = "\0\0\0\0\0\0\xf0\x3f"s;  // 1
  const std::string sum = "\0\xb0\x09\0"s;             // zigzag(600)
  // Bucket 261888 ends at 2^0.
  CHECK(constant == "\1\4\xd8\4"s + number + number + sum + "\1\x80\xfc\x1f\xd8\4"s);
}

TEST_CASE("bytes that are no histogram are refused with the reason") {
  CHECK(error_of("") == "damaged measurements: byte 0: the bytes end here");
  CHECK_THAT(error_of("\2\0\0"s), Catch::Contains("version 1"));
  CHECK_THAT(error_of("\1\x06\0"s), Catch::Contains("unknown form"));
  CHECK_THAT(error_of("\1\0\0\0"s), Catch::Contains("byte 3: more bytes than belong to it"));
  CHECK_THAT(error_of("\1\4\1"s), Catch::Contains("count that does not go with the form"));
  CHECK_THAT(error_of("\1\0\x81\4"s), Catch::Contains("count that does not go with the form"));
  CHECK_THAT(error_of("\1\2\1\0\0\0\0\0\0\xf8\x7f"s), Catch::Contains("not a number"));
  CHECK_THAT(error_of("\1\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\2"s),
             Catch::Contains("more than 64 bits"));
  CHECK_THAT(error_of("\1\0\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"s),
             Catch::Contains("out of range"));
}

TEST_CASE("no damage goes unnoticed to the point of a wrong histogram") {
  for (const std::size_t count : {3U, 600U}) {
    const std::string bytes = serialise(histogram_of(latencies(count, 2)));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      INFO("truncated to " << size);
      REQUIRE_FALSE(parse_histogram(std::string_view(bytes).substr(0, size)).ok());
    }
    std::mt19937_64 random(23);
    for (int round = 0; round < 20000; ++round) {
      std::string damaged = bytes;
      for (std::uint64_t i = 0; i <= random() % 3; ++i) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      const Result<Histogram> read = parse_histogram(damaged);
      if (!read.ok()) continue;
      // What could have been written is consistent: it can be asked, and written again.
      const std::vector<double> said = answers(read.value());
      REQUIRE(std::is_sorted(said.begin() + 4, said.end()));
      REQUIRE(serialise(parse_histogram(serialise(read.value())).value()) ==
              serialise(read.value()));
    }
  }
}

Sink round_trip(const Sink& sink) {
  const Result<Sink> read = parse_sink(serialise(sink));
  REQUIRE(read.ok());
  CHECK(serialise(read.value()) == serialise(sink));
  return read.value();
}

TEST_CASE("sinks come back from their bytes as they were") {
  for (const double value : {1.0, -1.0, 0.1, -0.1, 1e300, -kInfinity}) {
    Sink counter = make_sink(MetricType::kCounter, ValueKind::kDefault);
    for (int i = 0; i < 10; ++i) add(counter, value, {});
    const auto read = std::get<Counter>(round_trip(counter));
    CHECK(read.sum == std::get<Counter>(counter).sum);
    CHECK(read.samples == 10);
  }
  Sink gauge = make_sink(MetricType::kGauge, ValueKind::kDefault);
  add(gauge, 3, {5s});
  add(gauge, -1, {7s});
  const auto read = std::get<Gauge>(round_trip(gauge));
  CHECK(read.last == -1);
  CHECK(read.max == 3);
  CHECK(read.last_at == TimePoint{7s});
  CHECK(std::get<Rate>(round_trip(Rate{3, 1000})).trues == 3);
  CHECK(std::get<Trend>(round_trip(histogram_of({1, 2}))).sum() == 3);
  CHECK(serialise(Sink(Counter{})).size() == 6);
}

TEST_CASE("bytes that are no sink are refused") {
  CHECK_FALSE(parse_sink("").ok());
  CHECK_FALSE(parse_sink("\1\4").ok());
  CHECK_FALSE(parse_sink("\2\2\0\1"s).ok());
  CHECK(parse_sink("\1\2\1\1"s).ok());
  CHECK_THAT(parse_sink("\1\2\2\1"s).error().message, Catch::Contains("more trues than values"));
  CHECK_FALSE(parse_sink("\1\2\1\1\0"s).ok());
  CHECK_FALSE(parse_sink("\1\3\1\0"s).ok());
}

}  // namespace
}  // namespace loadrun::metrics
