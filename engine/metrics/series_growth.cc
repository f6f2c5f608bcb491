#include "metrics/series_growth.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace loadrun::metrics {

namespace {

using Values = std::set<std::string_view>;

std::string advice(std::string_view tag) {
  if (tag != "name" && tag != "url") return "let it have fewer values";
  return "give requests for the same kind of thing one name, by http.url(\"https://host/${}\", id) "
         "or by params.tags.name";
}

}  // namespace

std::string growth_warning(const Totals& totals) {
  std::map<std::string_view, Values> values;  // by tag
  for (const Totals::Series& series : totals.series()) {
    for (const auto& [key, value] : series.tags) values[key].insert(value);
  }
  // `name` before `url`, which has the same values.
  const auto most =
      std::ranges::max_element(values, {}, [](const auto& tag) { return tag.second.size(); });
  if (most == values.end()) return {};
  return fmt::format(
      "the test has more than {} series (a metric with certain tags), because the tag \"{}\" has "
      "{} values, e.g. \"{}\": all of them take memory, and no more than about 100000 are kept "
      "apart; {}",
      kManySeries, most->first, most->second.size(), *most->second.begin(), advice(most->first));
}

}  // namespace loadrun::metrics
