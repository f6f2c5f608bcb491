#include "report/check_totals.h"

#include <string_view>
#include <unordered_map>
#include <variant>

#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::report {
namespace {

// The name of the check that `series` counts; "" when it is another metric or its `check` tag is
// switched off.
std::string_view check_name(const metrics::Totals::Series& series) {
  if (series.metric != metrics::id_of(metrics::Builtin::kChecks)) return {};
  return metrics::tag_value(series.tags, "check");
}

}  // namespace

std::vector<CheckTotal> check_totals(const SeriesList& series) {
  std::vector<CheckTotal> checks;
  // Names may run into the tens of thousands (one per item tested), hence the index.
  std::unordered_map<std::string_view, std::size_t> index;
  for (const metrics::Totals::Series* one : series) {
    const std::string_view name = check_name(*one);
    if (name.empty()) continue;
    const auto [place, is_new] = index.try_emplace(name, checks.size());
    if (is_new) checks.push_back({std::string(name)});
    const auto& rate = std::get<metrics::Rate>(one->sink);
    checks[place->second].passes += rate.trues;
    checks[place->second].fails += rate.total - rate.trues;
  }
  return checks;
}

std::uint64_t pass_percent(const CheckTotal& check) {
  return 100 * check.passes / (check.passes + check.fails);
}

}  // namespace loadrun::report
