#include "report/summary_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/version.h"
#include "base/wall_time.h"
#include "plan/schedule.h"
#include "report/capacity_section.h"
#include "report/json_lists.h"
#include "report/metric_row.h"
#include "report/summary_values.h"
#include "report/verdict_json.h"

namespace loadrun::report {
namespace {

constexpr int kIndent = 2;
constexpr int kVersion1 = 1;

/// The seed is text: it may be larger than what programs read of a number.
Json run_object(const SummaryInput& input) {
  return {{"script", input.run.script},
          {"started", utc_text(input.run.wall)},
          {"duration_s", number(to_seconds(input.elapsed))},
          {"seed", std::to_string(input.run.seed)},
          {"workers", input.run.workers}};
}

Json options_object(const plan::Plan& plan) {
  const plan::Requirements needs = plan::requirements(plan);
  return {{"max_vus", needs.max_vus},
          {"max_duration_s", number(to_seconds(needs.total_duration))},
          {"tags", tags_object(plan.tags)}};
}

std::string_view unit_of(metrics::ValueKind kind) {
  if (kind == metrics::ValueKind::kTime) return "ms";
  return kind == metrics::ValueKind::kData ? "bytes" : "none";
}

Json scenario_object(const plan::Scenario& scenario, const ScenarioResult& result) {
  return {{"name", scenario.name},
          {"executor", plan::executor_name(scenario.executor)},
          {"description", plan::describe(scenario)},
          {"start_time_s", number(to_seconds(scenario.start_time))},
          {"iterations",
           {{"started", result.started},
            {"completed", result.completed},
            {"failed", result.failed},
            {"interrupted", result.interrupted},
            {"dropped", result.dropped}}}};
}

Json scenario_list(const SummaryInput& input) {
  Json list = Json::array();
  for (const ScenarioResult& result : input.scenarios) {
    const auto scenario =
        std::ranges::find(input.plan.scenarios, result.name, &plan::Scenario::name);
    list.push_back(scenario_object(*scenario, result));
    const auto waited = std::ranges::find(input.unscheduled, result.name, &Unscheduled::scenario);
    if (waited == input.unscheduled.end()) continue;
    list.back()["unscheduled"] = {
        {"count", waited->count},
        {"longest_wait_ms", number(to_milliseconds(waited->longest_wait))}};
  }
  return list;
}

bool aborts(const plan::Plan& plan, const metrics::ThresholdOutcome& outcome) {
  const auto of_key =
      std::ranges::find(plan.thresholds, outcome.key, &metrics::MetricThresholds::key);
  return of_key != plan.thresholds.end() &&
         std::ranges::any_of(of_key->specs, [&](const metrics::ThresholdSpec& spec) {
           return spec.abort_on_fail && spec.source == outcome.source &&
                  spec.window == outcome.window && spec.after == outcome.after;
         });
}

void add_windows(Json& threshold, const metrics::ThresholdOutcome& outcome) {
  threshold["window_s"] = number(to_seconds(outcome.window));
  threshold["windows"] = outcome.windows;
  threshold["failed_windows"] = outcome.failed_windows;
  if (outcome.failed_windows > 0) threshold["failed_at_s"] = outcome.failed_at;
}

Json threshold_list(const SummaryInput& input) {
  Json list = Json::array();
  for (const metrics::ThresholdOutcome& outcome : input.thresholds) {
    const metrics::Metric metric = input.registry.metric(outcome.metric);
    list.push_back({{"metric", outcome.key},
                    {"source", outcome.source},
                    {"statistic", outcome.stat_name},
                    {"observed", number(outcome.observed)},
                    {"unit", unit_of(metric.contains)},
                    {"ok", outcome.ok},
                    {"abort_on_fail", aborts(input.plan, outcome)}});
    if (outcome.after > 0ns) list.back()["after_s"] = number(to_seconds(outcome.after));
    if (outcome.window > 0ns) add_windows(list.back(), outcome);
  }
  return list;
}

Json output_list(const SummaryInput& input) {
  Json list = Json::array();
  for (const OutputLoss& loss : input.output_losses) {
    list.push_back(
        {{"output", loss.output}, {"samples_lost", loss.samples}, {"reason", loss.reason}});
  }
  return list;
}

Json metric_object(const ShownMetric& shown, const SummaryInput& input) {
  return {{"type", metrics::to_string(shown.metric.type)},
          {"unit", unit_of(shown.metric.contains)},
          {"tags", tags_object(shown.tags)},
          {"values", all_values(*shown.sink, input)}};
}

Json metrics_object(const SummaryInput& input) {
  Json object = Json::object();
  for (const ShownMetric& shown : shown_metrics(input)) {
    object[shown.key] = metric_object(shown, input);
  }
  return object;
}

Json balance_object(const SummaryInput& input) {
  if (!input.balance) return nullptr;
  const metrics::IterationBalance& iterations = input.balance->iterations;
  const metrics::RequestBalance& requests = input.balance->requests;
  Json errors = Json::object();
  for (const auto& [code, count] : requests.errors_by_code) errors[std::to_string(code)] = count;
  return {{"iterations",
           {{"intended", iterations.intended},
            {"started", iterations.started},
            {"dropped", iterations.dropped},
            {"unscheduled", iterations.unscheduled},
            {"completed", iterations.completed},
            {"interrupted", iterations.interrupted},
            {"failed", iterations.failed}}},
          {"requests",
           {{"sent", requests.sent},
            {"responses", requests.responses},
            {"errors", std::move(errors)},
            {"cancelled", requests.cancelled}}}};
}

Json group_object(const GroupNode& group) {
  Json object{{"name", group.name},
              {"path", group.path},
              {"checks", Json::array()},
              {"groups", Json::array()}};
  for (const CheckTotal& check : check_totals(group.series)) {
    object["checks"].push_back(
        {{"name", check.name}, {"passes", check.passes}, {"fails", check.fails}});
  }
  for (const GroupNode& inner : group.groups) object["groups"].push_back(group_object(inner));
  return object;
}

}  // namespace

std::string render_summary_json(const SummaryInput& input) {
  Json document{{"schema", "loadrun-summary"},
                {"version", kVersion1},
                {"generator", fmt::format("loadrun {}", kVersion)},
                {"run", run_object(input)},
                {"verdict", verdict_object(input)},
                {"options", options_object(input.plan)},
                {"scenarios", scenario_list(input)},
                {"thresholds", threshold_list(input)},
                {"metrics", metrics_object(input)},
                {"root_group", group_object(group_tree(all_series(input.totals)))},
                {"requests", request_list(input)},
                {"errors", errors_object(input)},
                {"balance", balance_object(input)},
                {"output_losses", output_list(input)}};
  if (input.capacity) document["capacity"] = capacity_object(input);
  return to_text(document, kIndent) + "\n";
}

}  // namespace loadrun::report
