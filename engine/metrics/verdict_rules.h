#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/health.h"
#include "metrics/verdict.h"
#include "metrics/verdict_spans.h"

namespace loadrun::metrics {

/// A rule of the verdict: a row of the table in docs/verdict.md, which has the reasons for the
/// thresholds.
struct VerdictRule {
  enum class Bound { kAbove, kFrom };
  enum class Extent {
    kAny,   ///< One second is enough.
    kMuch,  ///< kMuchSeconds of them, or kMuchShare of the run.
  };

  std::string_view name;
  Validity validity;
  Bound bound;
  double threshold;
  std::string_view unit;  ///< Of the threshold and the figures.
  Extent extent;
  std::string_view meaning;                 ///< What is compared with the threshold.
  std::string_view advice;                  ///< One sentence.
  std::vector<Hit> (*hits)(const Health&);  ///< Every figure above 0, ascending by second.
  /// One sentence about the worst span; `others`, what is to be said of others, follows the times.
  std::string (*text)(const Span& worst, std::string_view others);
  std::string_view said_by = {};  ///< The rule that says as much, if it applies.
};

constexpr double kMuchSeconds = 3;
constexpr double kMuchShare = 0.1;

/// All rules, those that make the run worst first.
std::span<const VerdictRule> verdict_rules();

/// "≥ 50 ms, in 3 seconds or 10 % of the run".
std::string threshold_text(const VerdictRule& rule);

}  // namespace loadrun::metrics
