#include "metrics/objective.h"

#include "metrics/registry.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::metrics;

namespace {

Objective objective(const std::string& key, const std::string& source) {
  const Registry registry;
  return Objective::create({{key, {{.source = source}}}}, registry).value().at(0);
}

Sink trend(int low, int high) {
  Sink sink = make_sink(MetricType::kTrend, ValueKind::kTime);
  for (int i = 0; i < low; ++i) add(sink, 100, {});
  for (int i = 0; i < high; ++i) add(sink, 400, {});
  return sink;
}

Sink rate(std::uint64_t trues, std::uint64_t total) { return Rate{trues, total}; }

}  // namespace

TEST_CASE("a percentile is a question about the share beyond it") {
  const Objective p95 = objective("http_req_duration", "p(95)<300");
  CHECK(p95.name() == "http_req_duration: p(95)<300");
  CHECK(p95.evidence(trend(0, 0)) == Evidence::kOpen);
  CHECK(p95.evidence(trend(60, 0)) == Evidence::kOpen);
  CHECK(p95.evidence(trend(80, 0)) == Evidence::kFine);
  CHECK(p95.evidence(trend(0, 4)) == Evidence::kBroken);
  // A third of the way between 2.5 % and 7.5 % says nothing for long.
  CHECK(p95.evidence(trend(955, 45)) == Evidence::kOpen);
  CHECK(p95.holds(trend(955, 45), 1s));
  CHECK_FALSE(p95.holds(trend(940, 60), 1s));
  CHECK(p95.evidence(trend(9400, 600)) == Evidence::kBroken);  // in buckets, too
  CHECK(objective("http_req_duration", "med<300").evidence(trend(100, 0)) == Evidence::kFine);
}

TEST_CASE("a rate is one about the share of what is true, or false") {
  const Objective failed = objective("http_req_failed", "rate<0.01");
  CHECK(failed.evidence(rate(0, 300)) == Evidence::kOpen);
  CHECK(failed.evidence(rate(0, 400)) == Evidence::kFine);
  CHECK(failed.evidence(rate(30, 400)) == Evidence::kBroken);
  const Objective checks = objective("checks", "rate>=0.99");
  CHECK(checks.evidence(rate(400, 400)) == Evidence::kFine);
  CHECK(checks.evidence(rate(370, 400)) == Evidence::kBroken);
}

TEST_CASE("of other statistics nothing is known before the end") {
  for (const char* source : {"avg<300", "max<300", "p(100)<300", "p(5)>50"}) {
    CHECK(objective("http_req_duration", source).evidence(trend(1000, 0)) == Evidence::kOpen);
  }
  CHECK(objective("http_req_failed", "rate<=0").evidence(rate(0, 1000)) == Evidence::kOpen);
  CHECK_FALSE(objective("http_req_duration", "avg<300").holds(trend(0, 1), 1s));
  CHECK(objective("http_req_duration", "avg<300").holds(trend(0, 0), 1s));
}

TEST_CASE("objectives are checked as thresholds are") {
  const Registry registry;
  const auto wrong = Objective::create(
      {{"http_req_faild", {{.source = "rate<1"}}}, {"checks", {{.source = "p(95)<1"}}}}, registry);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.find("http_req_faild") != std::string::npos);
  CHECK(wrong.error().message.find("unsupported aggregation method p") != std::string::npos);
}

TEST_CASE("a backlog that returns to its mean does not grow, one that follows the rate does") {
  BacklogTest stable(1000), growing(1000), slow(1000);
  for (int i = 0; i < 30; ++i) {
    stable.add(i * 100ms, 50 + (i % 3));
    growing.add(i * 100ms, 50 + 100 * i / 20);
    slow.add(i * 100ms, 50 + i % 3 + i / 10);  // 1 a second is less than kDrift
  }
  CHECK(stable.evidence() == Evidence::kFine);
  CHECK(growing.evidence() == Evidence::kBroken);
  CHECK(growing.seems_to_grow());
  CHECK(slow.evidence() == Evidence::kFine);
  CHECK_FALSE(slow.seems_to_grow());
  CHECK(BacklogTest(1000).evidence() == Evidence::kOpen);
}
