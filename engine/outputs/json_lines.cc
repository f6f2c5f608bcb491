#include "outputs/json_lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "metrics/metric_key.h"
#include "outputs/number_text.h"

namespace loadrun::outputs {
namespace {

using Json = nlohmann::ordered_json;

/// On one line; what is not UTF-8 is replaced.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json object_of(const metrics::Tags& tags) {
  Json object = Json::object();
  for (const auto& [name, value] : tags) object[name] = value;
  return object;
}

/// As k6 describes the sub-metric that a key like "http_reqs{status:200}" names.
Json submetric(const std::string& key, const metrics::Tags& tags) {
  const std::size_t brace = key.find('{');
  return {{"name", key},
          {"suffix", key.substr(brace + 1, key.rfind('}') - brace - 1)},
          {"tags", object_of(tags)}};
}

/// k6 tracks this one without being asked to.
constexpr const char* kAlwaysTracked = "http_req_duration{expected_response:true}";

void add_always_tracked(Json& submetrics, const plan::Plan& plan) {
  const bool tagged =
      std::ranges::find(plan.system_tags, "expected_response") != plan.system_tags.end();
  const Json added = submetric(kAlwaysTracked, {{"expected_response", "true"}});
  if (tagged && std::ranges::find(submetrics, added) == submetrics.end()) submetrics += added;
}

}  // namespace

JsonLines::JsonLines(const plan::Plan& plan, const SeriesTable& series)
    : plan_(plan), series_(series) {}

void JsonLines::append(std::string& out, const Batch& batch, const Batch::Sample& sample) {
  const SeriesText& text = text_of_series(out, sample.series);
  out += text.before_time;
  times_.append_nanoseconds(out, sample.wall);
  out += R"(","value":)";
  append_number(out, sample.value);
  out += text.after_value;
  if (sample.metadata != 0) {
    out += R"(,"metadata":)" + text_of(object_of(batch.metadata[sample.metadata - 1]));
  }
  out += "}}\n";
}

/// Writes the metric's line before its first series.
const JsonLines::SeriesText& JsonLines::text_of_series(std::string& out, std::uint32_t index) {
  if (index >= texts_.size()) texts_.resize(index + 1);
  SeriesText& text = texts_[index];
  if (!text.before_time.empty()) return text;
  const Series& series = series_.at(index);
  if (metrics_.insert(series.metric.id.index).second) append_metric(out, series.metric);
  text.before_time =
      R"({"metric":)" + text_of(series.metric.name) + R"(,"type":"Point","data":{"time":")";
  text.after_value = R"(,"tags":)" + text_of(object_of(series.tags));
  return text;
}

void JsonLines::append_metric(std::string& out, const metrics::Metric& metric) const {
  Json thresholds = Json::array(), submetrics = Json::array();
  for (const metrics::MetricThresholds& entry : plan_.thresholds) {
    const auto key = metrics::parse_metric_key(entry.key);
    if (!key.ok() || key.value().metric != metric.name) continue;
    if (key.value().has_tags) {
      submetrics += submetric(entry.key, key.value().tags);
    } else {
      for (const metrics::ThresholdSpec& spec : entry.specs) thresholds += spec.source;
    }
  }
  if (metric.id == id_of(metrics::Builtin::kHttpReqDuration)) {
    add_always_tracked(submetrics, plan_);
  }
  const Json data = {{"name", metric.name},
                     {"type", to_string(metric.type)},
                     {"contains", to_string(metric.contains)},
                     {"thresholds", thresholds},
                     {"submetrics", submetrics.empty() ? Json() : submetrics}};
  out += text_of({{"type", "Metric"}, {"data", data}, {"metric", metric.name}}) + '\n';
}

}  // namespace loadrun::outputs
