#include "report/summary_data.h"

#include "report/capacity_section.h"
#include "report/summary_values.h"
#include "report/verdict_json.h"

namespace loadrun::report {
namespace {

Json group_object(const GroupNode& group) {
  Json object = group_identity(group);
  object["groups"] = Json::array();
  for (const GroupNode& inner : group.groups) object["groups"].push_back(group_object(inner));
  object["checks"] = Json::array();
  for (const CheckTotal& check : check_totals(group.series)) {
    object["checks"].push_back(check_values(check, group.path));
  }
  return object;
}

Json metric_object(const ShownMetric& shown, const SummaryInput& input) {
  Json object{{"type", metrics::to_string(shown.metric.type)},
              {"contains", metrics::to_string(shown.metric.contains)},
              {"values", sink_values(*shown.sink, input, "rate")}};
  for (const auto& [source, ok] : thresholds_of(shown, input)) {
    object["thresholds"][source] = {{"ok", ok}};
  }
  return object;
}

}  // namespace

std::string render_summary_data(const SummaryInput& input, const SummaryState& state) {
  Json document;
  document["root_group"] = group_object(group_tree(all_series(input.totals)));
  document["options"] = {{"summaryTrendStats", input.plan.summary_trend_stats},
                         {"summaryTimeUnit", input.plan.summary_time_unit},
                         {"noColor", state.no_color}};
  document["state"] = {{"isStdOutTTY", state.stdout_is_tty},
                       {"isStdErrTTY", state.stderr_is_tty},
                       {"testRunDurationMs", number(to_milliseconds(input.elapsed))}};
  add_metrics(document, input,
              [&](const ShownMetric& shown) { return metric_object(shown, input); });
  add_verdict(document, input);
  add_unscheduled(document, input);
  add_output_losses(document, input);
  add_capacity(document, input);
  add_setup_data(document, input);
  return to_text(document);
}

}  // namespace loadrun::report
