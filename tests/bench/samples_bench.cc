// What recording all samples of a request costs, by HttpRecorder, with eight kinds of request in
// turns: prints microseconds without an output, and with one that wants samples.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "plan/system_tags.h"
#include "run/http_recorder.h"

namespace {

using namespace loadrun;

constexpr int kRequests = 15000;  // a second's, then they are handed over
constexpr int kSeconds = 60;

/// Like one of an API, slower or faster as `number` has it.
net::HttpExchange exchange(int number) {
  net::HttpExchange made;
  made.method = "GET";
  made.url = fmt::format("http://127.0.0.1:8080/items/{}", number);
  made.status = 200;
  made.proto = "HTTP/1.1";
  made.timings = {.blocked = 3us,
                  .sending = 20us,
                  .waiting = std::chrono::microseconds(150 + 97 * number),
                  .receiving = std::chrono::microseconds(15 + number)};
  return made;
}

/// The median of the seconds' means.
double median_us(bool keep_samples) {
  const SystemClock clock;
  const metrics::Registry registry;
  metrics::TagTable tags;
  metrics::Shard shard(registry, tags);
  if (keep_samples) shard.keep_samples();
  plan::Plan plan;
  plan.system_tags = plan::default_system_tags();
  run::HttpRecorder recorder(tags, shard, run::SystemTags(plan));
  std::vector<net::HttpExchange> exchanges;
  for (int i = 0; i < 8; ++i) exchanges.push_back(exchange(i));
  std::vector<double> means;
  metrics::Delta delta;
  for (int second = 0; second < kSeconds; ++second) {
    const TimePoint begin = clock.now();
    for (int i = 0; i < kRequests; ++i) {
      recorder.record(exchanges[static_cast<std::size_t>(i) % exchanges.size()], tags.empty(),
                      std::nullopt, run::Verdict::kExpected);
    }
    means.push_back(1e6 * to_seconds(clock.now() - begin) / kRequests);
    delta = shard.take(std::move(delta));
    delta.clear();
  }
  std::nth_element(means.begin(), means.begin() + kSeconds / 2, means.end());
  return means[kSeconds / 2];
}

}  // namespace

int main() {
  std::printf("%.3f us, %.3f us\n", median_us(false), median_us(true));
  return 0;
}
