#include "report/summary_export.h"

#include <map>
#include <utility>

#include "report/capacity_section.h"
#include "report/summary_values.h"
#include "report/verdict_json.h"

namespace loadrun::report {
namespace {

constexpr int kIndent = 4;

// Groups and checks by name.
Json group_object(const GroupNode& group) {
  std::map<std::string, Json> groups;
  for (const GroupNode& inner : group.groups) groups.emplace(inner.name, group_object(inner));
  std::map<std::string, Json> checks;
  for (const CheckTotal& check : check_totals(group.series)) {
    checks.emplace(check.name, check_values(check, group.path));
  }
  Json object = group_identity(group);
  object["groups"] = std::move(groups);
  object["checks"] = std::move(checks);
  return object;
}

}  // namespace

std::string render_summary_export(const SummaryInput& input) {
  Json document;
  document["root_group"] = group_object(group_tree(all_series(input.totals)));
  add_metrics(document, input, [&](const ShownMetric& shown) {
    Json object = sink_values(*shown.sink, input, "value");
    for (const auto& [source, ok] : thresholds_of(shown, input)) {
      object["thresholds"][source] = !ok;
    }
    return object;
  });
  add_verdict(document, input);
  add_unscheduled(document, input);
  add_output_losses(document, input);
  add_capacity(document, input);
  add_setup_data(document, input);
  return to_text(document, kIndent);
}

}  // namespace loadrun::report
