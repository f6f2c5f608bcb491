#include "report/summary_values.h"

#include <cmath>
#include <cstdint>
#include <variant>

#include "report/metric_row.h"
#include "report/path_id.h"

namespace loadrun::report {
namespace {

// Reads a sink, by its type.
struct ReadSink {
  const SummaryInput& input;
  std::string_view share_key;

  Json operator()(const metrics::Counter& counter) const {
    const double sum = counter.sum.value();
    return {{"count", number(sum)}, {"rate", number(per_second(sum, input.elapsed))}};
  }

  Json operator()(const metrics::Gauge& gauge) const {
    return {{"value", number(gauge.last)}, {"min", number(gauge.min)}, {"max", number(gauge.max)}};
  }

  Json operator()(const metrics::Rate& rate) const {
    return {{std::string(share_key), number(share(rate.trues, rate.total))},
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

}  // namespace

Json group_identity(const GroupNode& group) {
  return {{"name", group.name}, {"path", group.path}, {"id", path_id(group.path)}};
}

Json check_values(const CheckTotal& check, const std::string& group_path) {
  const std::string path = group_path + "::" + check.name;
  return {{"name", check.name},
          {"path", path},
          {"id", path_id(path)},
          {"passes", check.passes},
          {"fails", check.fails}};
}

Json sink_values(const ShownMetric& shown, const SummaryInput& input, std::string_view share_key) {
  return std::visit(ReadSink{input, share_key}, *shown.sink);
}

void add_setup_data(Json& document, const SummaryInput& input) {
  if (!input.setup_data) return;
  Json data = Json::parse(*input.setup_data, nullptr, /*allow_exceptions=*/false);
  document["setup_data"] = data.is_discarded() ? Json(*input.setup_data) : std::move(data);
}

void add_unscheduled(Json& document, const SummaryInput& input) {
  for (const Unscheduled& one : input.unscheduled) {
    document["loadrun"]["unscheduled"][one.scenario] = {
        {"count", one.count}, {"longest_wait_ms", number(to_milliseconds(one.longest_wait))}};
  }
}

void add_output_losses(Json& document, const SummaryInput& input) {
  for (const OutputLoss& loss : input.output_losses) {
    document["loadrun"]["output_losses"].push_back(
        {{"output", loss.output}, {"samples", loss.samples}, {"reason", loss.reason}});
  }
}

Json number(double value) {
  constexpr double kLargestExact = 9007199254740992;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kLargestExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::string to_text(const Json& document, int indent) {
  // With this handler dump() does not throw.
  return document.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace loadrun::report
