#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/health.h"

namespace loadrun::metrics {

/// Whether the figures of a run can be trusted, from good to bad.
enum class Validity {
  kValid,
  kDegraded,    ///< The generator left its mark on the figures: the reasons say which.
  kIncomplete,  ///< Arrivals were dropped for lack of VUs, while the workers had time.
  kInvalid,     ///< The generator is at fault.
};

/// "VALID", "DEGRADED", "INCOMPLETE", "INVALID".
std::string_view name_of(Validity validity);

/// Why a run is not simply VALID.
struct VerdictReason {
  Validity validity = Validity::kDegraded;   ///< What this alone makes of the run.
  std::string rule = {};                     ///< Its name in the table of rules, e.g. "busy".
  std::string text = {};                     ///< One sentence, with figures.
  std::string advice = {};                   ///< What to do about it, one sentence.
  std::optional<std::uint32_t> worker = {};  ///< If it concerns one.
  /// Of the scenarios, both included: the worst span, or the whole run.
  std::int64_t first_second = 0, last_second = 0;
};

/// A run's verdict: the worst of its reasons, which come in that order.
struct Verdict {
  Validity validity = Validity::kValid;
  std::vector<VerdictReason> reasons = {};
};

/// Judges a run by how its generator did (architecture.md, decision 15).
Verdict judge(const Health& health);

}  // namespace loadrun::metrics
