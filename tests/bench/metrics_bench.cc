// What recording costs: prints nanoseconds per value of a histogram and per sample of a shard, the
// medians of many; then the memory that a histogram, and the process, has taken for a million
// values and for a hundred million.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "base/clock.h"
#include "metrics/histogram.h"
#include "metrics/shard.h"

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
  std::printf("%.1f ns, %.1f ns\n", histogram_ns(values), shard_ns(values));
  metrics::Histogram histogram(metrics::ValueKind::kTime);
  const long million = memory_kb(histogram, values, 1'000'000);
  const long hundred = memory_kb(histogram, values, 100'000'000);
  std::printf("%ld KB, %ld KB\n", million, hundred);
  return 0;
}
