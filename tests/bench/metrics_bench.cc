// What recording costs: prints nanoseconds per sample of a histogram, per sample of a shard, and
// per request (nine samples), the medians of many; then the memory that a histogram, and the
// process, has taken for a million values and for a hundred million.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/clock.h"
#include "metrics/histogram.h"
#include "metrics/shard.h"
#include "run/http_recorder.h"

namespace {

using namespace loadrun;

constexpr std::size_t kValues = 1 << 16;

/// Latencies in milliseconds, of whole nanoseconds.
std::vector<double> latencies() {
  std::mt19937_64 random(7);
  std::lognormal_distribution draw(3.0, 1.0);
  std::vector<double> values(kValues);
  for (double& value : values) value = std::floor(draw(random) * 1e6) / 1e6;
  return values;
}

/// Of one of the `count` things that `work` does at a time.
template <typename Work>
double median_ns(std::size_t count, const Work& work) {
  const SystemClock clock;
  constexpr int kRounds = 31;
  std::vector<double> ns;
  for (int i = 0; i < kRounds; ++i) {
    const TimePoint begin = clock.now();
    work();
    ns.push_back(static_cast<double>((clock.now() - begin).count()) / static_cast<double>(count));
  }
  std::nth_element(ns.begin(), ns.begin() + kRounds / 2, ns.end());
  return ns[kRounds / 2];
}

double histogram_ns(const std::vector<double>& values) {
  metrics::Histogram histogram(metrics::ValueKind::kTime);
  return median_ns(values.size(), [&] {
    for (const double value : values) histogram.add(value);
  });
}

double shard_ns(const std::vector<double>& values) {
  metrics::Registry registry;
  metrics::TagTable tags;
  metrics::Shard shard(registry, tags);
  const auto series =
      shard.series(metrics::id_of(metrics::Builtin::kHttpReqDuration), tags.empty());
  return median_ns(values.size(), [&] {
    for (std::size_t i = 0; i < values.size(); ++i) {
      shard.record(series, values[i], {std::chrono::microseconds(i)});
    }
  });
}

double request_ns(const std::vector<double>& values) {
  metrics::Registry registry;
  metrics::TagTable tags;
  metrics::Shard shard(registry, tags);
  plan::Plan plan;
  plan.system_tags = {"expected_response", "method", "name", "proto", "scenario", "status", "url"};
  run::HttpRecorder recorder(tags, shard, run::SystemTags(plan));
  net::HttpExchange exchange;
  exchange.method = "GET";
  exchange.url = "http://127.0.0.1:8080/api/items?page=2";
  exchange.status = 200;
  exchange.proto = "HTTP/1.1";
  const metrics::TagSetId base = tags.with(tags.empty(), "scenario", "default");
  return median_ns(values.size(), [&] {
    for (std::size_t i = 0; i < values.size(); ++i) {
      exchange.timings.waiting = Nanoseconds(static_cast<std::int64_t>(values[i] * 1e6));
      exchange.timings.receiving = exchange.timings.waiting / 7;
      exchange.end = {std::chrono::microseconds(i)};
      recorder.record(exchange, base, std::nullopt, run::Verdict::kExpected);
    }
  });
}

long peak_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// The process's peak after so many values in one histogram.
long memory_kb(metrics::Histogram& histogram, const std::vector<double>& values,
               std::uint64_t until) {
  while (histogram.count() < until) {
    for (const double value : values) histogram.add(value);
  }
  return peak_kb();
}

}  // namespace

int main() {
  const std::vector<double> values = latencies();
  std::printf("%.1f ns, %.1f ns, %.0f ns\n", histogram_ns(values), shard_ns(values),
              request_ns(values));
  metrics::Histogram histogram(metrics::ValueKind::kTime);
  const long million = memory_kb(histogram, values, 1'000'000);
  const long hundred = memory_kb(histogram, values, 100'000'000);
  std::printf("%ld KB, %ld KB\n", million, hundred);
  return 0;
}
