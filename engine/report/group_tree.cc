#include "report/group_tree.h"

#include <string_view>
#include <unordered_map>

#include "metrics/tags.h"

namespace loadrun::report {
namespace {

constexpr std::string_view kSeparator = "::";

bool is_life_cycle_group(std::string_view path) {
  const std::string_view top = path.substr(0, path.find(kSeparator, kSeparator.size()));
  return top == "::setup" || top == "::teardown";
}

// The tree under construction. Tests may have thousands of groups (one per item), hence the index.
class TreeBuilder {
 public:
  void add(const metrics::Totals::Series& series) {
    const std::string path(metrics::tag_value(series.tags, "group"));
    if (!is_life_cycle_group(path)) node(path).series.push_back(&series);
  }

  GroupNode take() { return std::move(root_); }

 private:
  // The group at `path`, made with its parents when it is not there yet.
  GroupNode& node(const std::string& path) {
    if (path.empty()) return root_;
    if (const auto known = index_.find(path); known != index_.end()) return *known->second;
    const auto separator = path.rfind(kSeparator);
    const bool has_parent = separator != std::string::npos;
    GroupNode& parent = node(has_parent ? path.substr(0, separator) : "");
    GroupNode& added = parent.groups.emplace_back();
    added.name = has_parent ? path.substr(separator + kSeparator.size()) : path;
    added.path = path;
    index_.emplace(path, &added);
    return added;
  }

  GroupNode root_;
  std::unordered_map<std::string, GroupNode*> index_;  // by path; lists do not move their elements
};

}  // namespace

SeriesList all_series(const metrics::Totals& totals) {
  SeriesList list;
  for (const metrics::Totals::Series& series : totals.series()) list.push_back(&series);
  return list;
}

GroupNode group_tree(const SeriesList& series) {
  TreeBuilder builder;
  for (const metrics::Totals::Series* one : series) builder.add(*one);
  return builder.take();
}

}  // namespace loadrun::report
