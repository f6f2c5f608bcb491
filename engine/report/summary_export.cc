#include "report/summary_export.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "report/check_totals.h"
#include "report/metric_row.h"
#include "report/path_id.h"
#include "report/shown_metrics.h"

namespace loadrun::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSeparator = "::";
constexpr int kIndent = 4;

// Whole numbers without ".0", as k6 writes them.
Json number(double value) {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kLargestExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

Json empty_group(const std::string& name, const std::string& path) {
  return {{"name", name},
          {"path", path},
          {"id", path_id(path)},
          {"groups", Json::object()},
          {"checks", Json::object()}};
}

Json check_object(const CheckTotal& check, const std::string& group_path) {
  const std::string path = group_path + std::string(kSeparator) + check.name;
  return {{"name", check.name},
          {"path", path},
          {"id", path_id(path)},
          {"passes", check.passes},
          {"fails", check.fails}};
}

// The object of the group at `path`, which is made when it is not there yet. REQUIRES: its parent
// is there.
Json& group_at(Json& root, const std::string& path) {
  if (path.empty()) return root;
  const auto separator = path.rfind(kSeparator);
  const bool is_nested = separator != std::string::npos;
  const std::string name = is_nested ? path.substr(separator + kSeparator.size()) : path;
  Json& siblings = group_at(root, is_nested ? path.substr(0, separator) : "")["groups"];
  return siblings.emplace(name, empty_group(name, path)).first.value();
}

Json root_group(const metrics::Totals& totals) {
  Json root = empty_group("", "");
  for (const auto& [path, checks] : checks_by_group(totals)) {
    std::map<std::string, Json> sorted;
    for (const CheckTotal& check : checks) sorted.emplace(check.name, check_object(check, path));
    group_at(root, path)["checks"] = sorted;
  }
  return root;
}

// The values of a sink under k6's names.
struct SinkValues {
  const SummaryInput& input;

  Json operator()(const metrics::Counter& counter) const {
    const double sum = counter.sum.value();
    return {{"count", number(sum)}, {"rate", number(per_second(sum, input.elapsed))}};
  }

  Json operator()(const metrics::Gauge& gauge) const {
    return {{"value", number(gauge.last)}, {"min", number(gauge.min)}, {"max", number(gauge.max)}};
  }

  Json operator()(const metrics::Rate& rate) const {
    return {{"value", number(share(rate.trues, rate.total))},
            {"passes", rate.trues},
            {"fails", rate.total - rate.trues}};
  }

  Json operator()(const metrics::Trend& trend) const {
    Json values = Json::object();
    for (const std::string& stat : input.plan.summary_trend_stats) {
      values[stat] = number(trend_stat(trend, stat));
    }
    return values;
  }
};

// Per threshold of a metric whether it failed. Keys may spell one sub-metric in several ways, so
// tags are compared.
std::map<std::string, bool> failures(const ShownMetric& shown, const SummaryInput& input) {
  std::map<std::string, bool> failed;
  for (const metrics::ThresholdOutcome& outcome : input.thresholds) {
    if (outcome.metric == shown.metric.id && outcome.tags == shown.tags) {
      failed[outcome.source] = !outcome.ok;
    }
  }
  return failed;
}

Json metric_objects(const SummaryInput& input) {
  Json objects = Json::object();
  for (const ShownMetric& shown : shown_metrics(input)) {
    Json& object = objects[shown.key] = std::visit(SinkValues{input}, *shown.sink);
    const std::map<std::string, bool> failed = failures(shown, input);
    if (!failed.empty()) object["thresholds"] = failed;
  }
  return objects;
}

// The setup data as it is; as a string if it is no JSON.
Json setup_data(const std::string& text) {
  Json data = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return data.is_discarded() ? Json(text) : data;
}

}  // namespace

std::string render_summary_export(const SummaryInput& input) {
  Json document;
  document["root_group"] = root_group(input.totals);
  document["metrics"] = metric_objects(input);
  if (input.setup_data) document["setup_data"] = setup_data(*input.setup_data);
  // Names that are not UTF-8 are repaired: with this handler dump() does not throw.
  return document.dump(kIndent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace loadrun::report
