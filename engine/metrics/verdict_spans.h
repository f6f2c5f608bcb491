#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace loadrun::metrics {

/// A figure that a rule of the verdict looks at, in one second (or in the whole run).
struct Hit {
  std::optional<std::uint32_t> worker;  ///< None: of the machine or of all.
  std::int64_t first = 0, last = 0;     ///< Seconds of the scenarios, both included.
  double figure = 0;                    ///< In the rule's unit.
  double whole = 0;                     ///< What the figure is a part of; 0 if not known.
  double busy = 0;                      ///< Percent of the second.
  Nanoseconds delay{0};                 ///< By which things may have happened late.
  std::string place;                    ///< In the script, "" if not known.
};

/// Hits of one worker in neighbouring seconds.
struct Span {
  std::optional<std::uint32_t> worker;
  std::int64_t first = 0, last = 0;
  double sum = 0, peak = 0;  ///< Of the figures.
  double whole = 0;
  double busy = 0;       ///< On average.
  Nanoseconds delay{0};  ///< The longest.
  std::string place;     ///< Of the peak.
};

/// Groups what is ascending by second. The worst comes first: the one with the largest sum, of
/// several the one that is first.
std::vector<Span> spans_of(const std::vector<Hit>& hits);

}  // namespace loadrun::metrics
