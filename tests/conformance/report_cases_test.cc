#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "conformance/cases.h"
#include "metrics/metric_key.h"
#include "metrics/registry.h"
#include "metrics/shard.h"
#include "metrics/tags.h"
#include "metrics/totals.h"
#include "report/humanize.h"
#include "report/legacy_summary.h"
#include "report/path_id.h"
#include "support/catch.h"

namespace loadrun::report {
namespace {

using test::Case;

std::vector<Case> cases(std::string_view area) { return test::cases_of("metrics.jsonl", area); }

std::string humanized(const nlohmann::json& input) {
  const auto kind = input["kind"].get<std::string>();
  const auto value = input["value"].get<double>();
  const nlohmann::json& unit = input["summaryTimeUnit"];
  const std::string time_unit = unit.is_null() ? "" : unit.get<std::string>();
  if (kind == "rate") return humanize_rate(value);
  for (const auto contains :
       {metrics::ValueKind::kDefault, metrics::ValueKind::kTime, metrics::ValueKind::kData}) {
    if (metrics::to_string(contains) == kind) return humanize(value, contains, time_unit);
  }
  FAIL("unknown kind " << kind);
  return {};
}

TEST_CASE("summary.humanize") {
  for (const Case& one : cases("summary.humanize")) {
    INFO(one.text());
    CHECK(humanized(one.input) == one.expected.get<std::string>());
  }
}

TEST_CASE("summary.group_or_check_id") {
  for (const Case& one : cases("summary.group_or_check_id")) {
    INFO(one.text());
    CHECK(path_id(one.input["path"].get<std::string>()) == one.expected.get<std::string>());
  }
}

// The summary, below our verdict, after counting up to `counters`: a key with tags names a
// sub-metric that takes part of its metric's count.
std::string legacy_text(const nlohmann::json& counters, Nanoseconds elapsed) {
  metrics::Registry registry;
  metrics::TagTable tags;
  metrics::Shard shard(registry, tags);
  metrics::Totals totals(registry);
  std::map<metrics::MetricId, double> rest;
  for (const auto& [key, count] : counters.items()) {
    const metrics::ParsedMetricKey parsed = metrics::parse_metric_key(key).value();
    const metrics::MetricId id =
        registry.declare(parsed.metric, metrics::MetricType::kCounter, metrics::ValueKind::kDefault)
            .value();
    rest[id] += parsed.has_tags ? -count.get<double>() : count.get<double>();
    if (!parsed.has_tags) continue;
    totals.track({key, id, parsed.tags});
    shard.record(shard.series(id, tags.intern(parsed.tags)), count.get<double>(), TimePoint{});
  }
  for (const auto& [id, count] : rest) {
    shard.record(shard.series(id, tags.empty()), count, TimePoint{});
  }
  metrics::Delta delta = shard.take();
  totals.merge(0, delta);
  return render_legacy_summary({registry, totals, {}, {}, elapsed}, {});
}

TEST_CASE("summary.legacy_text") {
  for (const Case& one : cases("summary.legacy_text")) {
    INFO(one.text());
    const std::chrono::duration<double> seconds(one.input["duration_s"].get<double>());
    CHECK(legacy_text(one.input["counters"], std::chrono::duration_cast<Nanoseconds>(seconds)) ==
          one.expected.get<std::string>());
  }
}

}  // namespace
}  // namespace loadrun::report
