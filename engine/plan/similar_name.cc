#include "plan/similar_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "base/text.h"

namespace loadrun::plan {
namespace {

// Levenshtein's distance without regard to case.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (in_lower_case(a[i]) == in_lower_case(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view similar_name(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view best;
  // Two slips in a short word make another word.
  std::size_t limit = std::min<std::size_t>(3, (name.size() + 2) / 2);
  for (const std::string_view candidate : known) {
    if (name.size() >= candidate.size() + limit) continue;  // a junk name may be of any length
    const std::size_t d = distance(name, candidate);
    if (d >= limit) continue;
    limit = d;
    best = candidate;
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string_view best = similar_name(name, known);
  return best.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", best);
}

}  // namespace loadrun::plan
