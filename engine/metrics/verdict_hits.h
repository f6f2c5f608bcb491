#pragma once

#include <vector>

#include "metrics/health.h"
#include "metrics/verdict_spans.h"

/// The figures that the rules of the verdict compare with their thresholds, one function a rule:
/// those above 0, ascending by second, in the unit of the rule. What is absent gives none.
namespace loadrun::metrics::verdict_hits {

constexpr double kOverloaded = 95;    ///< Percent of a second: who is busier has no time left.
constexpr double kFewSegments = 100;  ///< Of fewer than these a share says nothing.
constexpr Nanoseconds kStall = 1s;
constexpr Nanoseconds kLongSlice = 100ms;

std::vector<Hit> lost_workers(const Health& health);
std::vector<Hit> imbalances(const Health& health);
/// Seconds.
std::vector<Hit> stalls(const Health& health);
std::vector<Hit> drops_of_overloaded(const Health& health);
/// Milliseconds.
std::vector<Hit> lateness_of_overloaded(const Health& health);
/// Seconds, whatever the direction.
std::vector<Hit> clock_steps(const Health& health);
/// Arrivals that were dropped by workers that had time.
std::vector<Hit> drops(const Health& health);
std::vector<Hit> unscheduled(const Health& health);
/// Percent.
std::vector<Hit> busy(const Health& health);
/// Milliseconds.
std::vector<Hit> slices(const Health& health);
/// Milliseconds, as the next; where neither a stall nor a slow script explains it.
std::vector<Hit> turns(const Health& health);
/// An iteration counts only when its worker was overloaded: else it waited for a VU.
std::vector<Hit> lateness(const Health& health);
/// Percent, as the next four.
std::vector<Hit> steal(const Health& health);
std::vector<Hit> throttled(const Health& health);
std::vector<Hit> files(const Health& health);
std::vector<Hit> ports(const Health& health);
std::vector<Hit> retransmits(const Health& health);
std::vector<Hit> listen_drops(const Health& health);

}  // namespace loadrun::metrics::verdict_hits
