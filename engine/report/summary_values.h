#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "report/check_totals.h"
#include "report/group_tree.h"
#include "report/shown_metrics.h"
#include "report/summary_input.h"

namespace loadrun::report {

/// JSON whose objects keep the order in which keys were added.
using Json = nlohmann::ordered_json;

/// "name", "path" and "id" of a group; of a check "passes" and "fails", too.
Json group_identity(const GroupNode& group);
Json check_values(const CheckTotal& check, const std::string& group_path);

/// The values of a metric under k6's names: {count, rate}, {value, min, max}, {`share_key`, passes,
/// fails}, or a trend's summaryTrendStats.
Json sink_values(const ShownMetric& shown, const SummaryInput& input, std::string_view share_key);

/// Adds to `document` the members "metrics" and, when there are such metrics, "loadrun":
/// {"metrics"} with those about loadrun itself: by key what `describe` makes of a ShownMetric.
template <typename Describe>
void add_metrics(Json& document, const SummaryInput& input, const Describe& describe) {
  document["metrics"] = Json::object();
  for (const ShownMetric& shown : shown_metrics(input)) {
    Json& owner = is_about_loadrun(shown) ? document["loadrun"] : document;
    owner["metrics"][shown.key] = describe(shown);
  }
}

/// Adds "setup_data", when setup() returned something: as a string if it is no JSON.
void add_setup_data(Json& document, const SummaryInput& input);

/// Adds to the member "loadrun", when iterations waited in vain, "unscheduled": by scenario their
/// "count" and "longest_wait_ms".
void add_unscheduled(Json& document, const SummaryInput& input);

/// Adds to the member "loadrun", when outputs lost samples or failed, "output_losses": a list of
/// {output, samples, reason}.
void add_output_losses(Json& document, const SummaryInput& input);

/// A whole number without ".0", as k6 writes it.
Json number(double value);

/// `document` as text, indented by `indent` columns; on one line when that is negative. Names that
/// are not UTF-8 are repaired.
std::string to_text(const Json& document, int indent);

}  // namespace loadrun::report
