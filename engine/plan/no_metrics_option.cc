#include "plan/no_metrics_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "metrics/metric.h"
#include "plan/similar_name.h"

namespace loadrun::plan {

std::optional<std::vector<std::string>> read_no_metrics(ObjectReader& layer) {
  auto names = layer.text_list("noMetrics");
  if (!names) return std::nullopt;
  const std::vector<metrics::Metric> builtin = metrics::builtin_metrics();
  std::vector<std::string_view> known;
  known.reserve(builtin.size());
  for (const metrics::Metric& metric : builtin) known.push_back(metric.name);
  for (const std::string& name : *names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    layer.error("noMetrics",
                fmt::format("there is no built-in metric \"{}\"{}", name, suggestion(name, known)));
  }
  std::ranges::sort(*names);
  names->erase(std::unique(names->begin(), names->end()), names->end());
  return names;
}

}  // namespace loadrun::plan
