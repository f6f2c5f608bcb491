#include "outputs/result_series.h"

#include <nlohmann/json.hpp>

namespace loadrun::outputs {
namespace {

std::string json_of(const metrics::Tags& tags) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : tags) object[name] = value;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

ResultSeries::ResultSeries(Database& database)
    : add_metric_(database, "INSERT OR IGNORE INTO metrics VALUES (?, ?, ?)"),
      add_series_(database, "INSERT INTO series VALUES (?, ?, ?)") {}

std::int64_t ResultSeries::number_of(const metrics::Metric& metric, const metrics::Tags& tags) {
  const auto next = static_cast<std::int64_t>(numbers_.size()) + 1;
  const auto [place, is_new] = numbers_.try_emplace({metric.id, tags}, next);
  if (is_new) {
    add_metric_.run(metric.name, metrics::to_string(metric.type),
                    metrics::to_string(metric.contains));
    add_series_.run(next, metric.name, json_of(tags));
  }
  return place->second;
}

}  // namespace loadrun::outputs
