#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "plan/executor.h"

namespace loadrun::plan {

/// Why a rate is probed.
enum class ProbeKind {
  kRaise,    ///< The next rate up.
  kLower,    ///< Nothing has held yet: the next rate down.
  kBisect,   ///< Between the highest that held and the lowest that broke.
  kRecheck,  ///< Whether what broke breaks again.
  kHold,     ///< For longer, to confirm the result.
};
/// "raise", "lower", "bisect", "recheck", "hold".
std::string_view to_string(ProbeKind kind);

/// A rate to be probed, in arrivals per time unit.
struct ProbeOrder {
  ProbeKind kind = ProbeKind::kRaise;
  std::int64_t rate = 0;
  bool operator==(const ProbeOrder&) const = default;
};

/// Searches the highest rate that a system holds. Pure: how a probe ended in, the next rate out.
///
/// Raises the rate by the executor's factor until one breaks; if the first does, lowers it up to
/// kLowerings times. Bisects, by the geometric mean, until the rate that broke is no more than
/// kPrecision times the one that held, probes the former again, and holds the latter for longer. A
/// hold that breaks is followed by one at a rate lower by kPrecision, kHolds in all; a rate that
/// does not break again continues the search above it, kRechecks times.
class CapacitySearch {
 public:
  static constexpr double kPrecision = 1.025;
  static constexpr int kLowerings = 3;
  static constexpr int kHolds = 3;
  static constexpr int kRechecks = 2;

  explicit CapacitySearch(const Capacity& executor)
      : start_(executor.start), most_(executor.max_rate), factor_(executor.factor) {}

  /// What to probe now; none when the search is over.
  std::optional<ProbeOrder> next() const;
  /// How the probe of next() ended. REQUIRES: there was one.
  void take(bool held);

  /// The rate that a hold confirmed; before, the highest that held below all that broke. None so
  /// far.
  std::optional<std::int64_t> held() const;
  /// The lowest rate that broke; none so far.
  std::optional<std::int64_t> broken() const;
  /// held() was held for longer.
  bool is_confirmed() const { return confirmed_.has_value(); }

 private:
  ProbeOrder search() const;
  bool is_narrow() const;
  std::int64_t step_down(std::int64_t rate) const;

  std::int64_t start_, most_;
  double factor_;
  std::map<std::int64_t, bool> rates_;  // whether they held, by the latest probe
  int lowerings_ = 0, holds_ = 0, rechecks_ = 0;
  bool rechecked_ = false;                 // broken() is
  std::optional<std::int64_t> next_hold_;  // after one that broke
  std::optional<std::int64_t> confirmed_;
};

/// The longest that a search can take.
Nanoseconds longest_search(const Capacity& executor);

/// Of a probe: `stepDuration`, and twice that of a hold.
Nanoseconds longest_probe(const Capacity& executor, ProbeKind kind);

}  // namespace loadrun::plan
