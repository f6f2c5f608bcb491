#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace loadrun::metrics {

/// What became of the iterations that the schedules meant to start. Each number is counted where it
/// happens, so that the equations say whether something was lost or counted twice.
struct IterationBalance {
  std::int64_t intended = 0;
  std::int64_t started = 0;
  std::int64_t dropped = 0;      ///< Found no VU, or their scenario ended before their turn.
  std::int64_t unscheduled = 0;  ///< Still waited for a VU when their scenario ended.
  std::int64_t completed = 0;    ///< Without an error.
  std::int64_t interrupted = 0;
  std::int64_t failed = 0;  ///< Raised an error.
};

/// What became of the requests that were sent, redirects and answers to challenges included.
struct RequestBalance {
  std::uint64_t sent = 0;
  std::uint64_t responses = 0;                  ///< Without an error code.
  std::map<int, std::uint64_t> errors_by_code;  ///< k6's codes; those of 1400 and more answered.
  std::uint64_t cancelled = 0;                  ///< By the end of their iteration.

  void merge(const RequestBalance& from);
  std::uint64_t errors() const;
};

/// The counts of a run, held against each other:
///   intended = started + dropped + unscheduled
///   started = completed + interrupted + failed
///   requests = responses + errors by code + cancelled
struct Balance {
  IterationBalance iterations;
  RequestBalance requests;

  /// The three equations with their numbers, e.g. "12 iterations started = 10 completed + 1
  /// interrupted + 1 failed".
  std::vector<std::string> equations() const;
  /// Those that do not hold: something was lost on the way, which is an error of loadrun.
  std::vector<std::string> broken() const;
};

}  // namespace loadrun::metrics
