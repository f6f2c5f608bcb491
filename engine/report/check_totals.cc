#include "report/check_totals.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "metrics/metric.h"
#include "metrics/sink.h"
#include "metrics/tags.h"

namespace loadrun::report {
namespace {

constexpr std::string_view kSeparator = "::";

// A list of checks in order of appearance. Names may run into the tens of thousands (one per item
// tested), hence the index.
class CheckList {
 public:
  void add(std::string_view name, const metrics::Rate& rate) {
    const auto [place, is_new] = index_.try_emplace(std::string(name), checks_.size());
    if (is_new) checks_.push_back({std::string(name)});
    CheckTotal& check = checks_[place->second];
    check.passes += rate.trues;
    check.fails += rate.total - rate.trues;
  }

  std::vector<CheckTotal> take() { return std::move(checks_); }

 private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<CheckTotal> checks_;
};

// The name of the check that `series` counts; "" when it is another metric or its `check` tag is
// switched off.
std::string_view check_name(const metrics::Totals::Series& series) {
  if (series.metric != metrics::id_of(metrics::Builtin::kChecks)) return {};
  return metrics::tag_value(series.tags, "check");
}

bool is_life_cycle_group(std::string_view path) {
  const std::string_view top = path.substr(0, path.find(kSeparator, kSeparator.size()));
  return top == "::setup" || top == "::teardown";
}

void insert_with_parents(std::map<std::string, CheckList>& groups, std::string_view path) {
  while (groups.try_emplace(std::string(path)).second && !path.empty()) {
    const auto parent_end = path.rfind(kSeparator);
    path = path.substr(0, parent_end == std::string_view::npos ? 0 : parent_end);
  }
}

}  // namespace

std::vector<CheckTotal> check_totals(const metrics::Totals& totals) {
  CheckList list;
  for (const metrics::Totals::Series& series : totals.series()) {
    const std::string_view name = check_name(series);
    if (!name.empty()) list.add(name, std::get<metrics::Rate>(series.sink));
  }
  return list.take();
}

std::map<std::string, std::vector<CheckTotal>> checks_by_group(const metrics::Totals& totals) {
  std::map<std::string, CheckList> groups;
  insert_with_parents(groups, "");
  for (const metrics::Totals::Series& series : totals.series()) {
    const std::string path(metrics::tag_value(series.tags, "group"));
    if (is_life_cycle_group(path)) continue;
    insert_with_parents(groups, path);
    const std::string_view name = check_name(series);
    if (!name.empty()) groups.at(path).add(name, std::get<metrics::Rate>(series.sink));
  }
  std::map<std::string, std::vector<CheckTotal>> result;
  for (auto& [path, list] : groups) result.emplace(path, list.take());
  return result;
}

}  // namespace loadrun::report
