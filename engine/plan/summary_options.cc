#include "plan/summary_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace loadrun::plan {
namespace {

bool is_percentile(std::string_view stat) {
  if (stat.size() < 4 || stat.substr(0, 2) != "p(" || stat.back() != ')') return false;
  const std::string_view digits = stat.substr(2, stat.size() - 3);
  double percent = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, percent);
  return failure == std::errc() && stop == end && percent >= 0 && percent <= 100;
}

bool is_trend_stat(std::string_view stat) {
  constexpr std::array<std::string_view, 5> kNames{"avg", "min", "med", "max", "count"};
  return std::find(kNames.begin(), kNames.end(), stat) != kNames.end() || is_percentile(stat);
}

}  // namespace

std::optional<std::vector<std::string>> read_summary_trend_stats(ObjectReader& layer) {
  auto stats = layer.text_list("summaryTrendStats");
  if (!stats) return stats;
  for (const std::string& stat : *stats) {
    if (is_trend_stat(stat)) continue;
    layer.error("summaryTrendStats",
                fmt::format("\"{}\" is not a statistic of a trend (expected avg, min, med, max, "
                            "count or p(N) with N from 0 to 100)",
                            stat));
  }
  return stats;
}

std::optional<std::string> read_summary_time_unit(ObjectReader& layer) {
  auto unit = layer.text("summaryTimeUnit");
  if (!unit || unit->empty() || *unit == "s" || *unit == "ms" || *unit == "us") return unit;
  layer.error("summaryTimeUnit", fmt::format("\"{}\" is not a unit (expected s, ms or us)", *unit));
  return std::nullopt;
}

}  // namespace loadrun::plan
