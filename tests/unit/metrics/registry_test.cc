#include "metrics/registry.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

TEST_CASE("built-in metrics have their fixed ids, types and kinds") {
  const Registry registry;
  const std::vector<Metric> all = registry.all();
  REQUIRE(all.size() == static_cast<std::size_t>(Builtin::kCount));
  for (std::uint32_t i = 0; i < all.size(); ++i) CHECK(all[i].id.index == i);
  const Metric duration = registry.metric(id_of(Builtin::kHttpReqDuration));
  CHECK(duration.name == "http_req_duration");
  CHECK(duration.type == MetricType::kTrend);
  CHECK(duration.contains == ValueKind::kTime);
  const Metric sent = registry.metric(id_of(Builtin::kDataSent));
  CHECK(to_string(sent.type) == "counter");
  CHECK(to_string(sent.contains) == "data");
  CHECK(registry.find("checks")->type == MetricType::kRate);
  CHECK(registry.find("vus")->type == MetricType::kGauge);
  CHECK_FALSE(registry.find("nope").has_value());
}

TEST_CASE("declaring again with the same type and kind finds the metric") {
  Registry registry;
  const auto first = registry.declare("my_trend", MetricType::kTrend, ValueKind::kTime);
  const auto again = registry.declare("my_trend", MetricType::kTrend, ValueKind::kTime);
  REQUIRE(first.ok());
  REQUIRE(again.ok());
  CHECK(first.value() == again.value());
  CHECK(registry.find("my_trend")->id == first.value());
  CHECK(registry.declare("iterations", MetricType::kCounter, ValueKind::kDefault).value() ==
        id_of(Builtin::kIterations));
}

TEST_CASE("declaring otherwise is an error of the script") {
  Registry registry;
  REQUIRE(registry.declare("mine", MetricType::kTrend, ValueKind::kTime).ok());
  for (const auto& other : {registry.declare("mine", MetricType::kGauge, ValueKind::kTime),
                            registry.declare("mine", MetricType::kTrend, ValueKind::kDefault),
                            registry.declare("http_reqs", MetricType::kRate, ValueKind::kDefault),
                            registry.declare("bad name", MetricType::kRate, ValueKind::kDefault)}) {
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().code == ExitCode::kScriptException);
  }
  const auto clash = registry.declare("mine", MetricType::kGauge, ValueKind::kDefault);
  CHECK(clash.error().message.find("\"mine\" already exists") != std::string::npos);
  CHECK(clash.error().message.find("trend of time") != std::string::npos);
  CHECK(clash.error().message.find("gauge of default") != std::string::npos);
}

TEST_CASE("metric names have 2 to 129 letters, digits or underscores, no leading digit") {
  CHECK(valid_metric_name("_x"));
  CHECK(valid_metric_name("A9"));
  CHECK(valid_metric_name(std::string(129, 'a')));
  CHECK_FALSE(valid_metric_name(std::string(130, 'a')));
  CHECK_FALSE(valid_metric_name("9a"));
  CHECK_FALSE(valid_metric_name("a-b"));
  CHECK_FALSE(valid_metric_name("a b"));
  CHECK_FALSE(valid_metric_name("h\xC3\xA9"));
}

TEST_CASE("workers that declare at the same time get the same ids") {
  Registry registry;
  constexpr int kMetrics = 50;
  std::vector<std::vector<std::uint32_t>> ids(4);
  {
    std::vector<std::jthread> workers;
    for (auto& mine : ids) {
      workers.emplace_back([&registry, &mine] {
        for (int i = 0; i < kMetrics; ++i) {
          const std::string name = "metric_" + std::to_string(i);
          const auto id = registry.declare(name, MetricType::kCounter, ValueKind::kDefault);
          if (id.ok()) mine.push_back(id.value().index);
        }
      });
    }
  }
  CHECK(std::set(ids[0].begin(), ids[0].end()).size() == kMetrics);
  for (const auto& worker : ids) CHECK(worker == ids[0]);
}

}  // namespace
}  // namespace loadrun::metrics
