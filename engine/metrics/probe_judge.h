#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/objective.h"
#include "metrics/sequential_test.h"

namespace loadrun::metrics {

/// What is given of a probe: a time at a constant rate of arrivals.
struct ProbeTerms {
  double rate = 0;             ///< Arrivals per second.
  Nanoseconds settle{0};       ///< At its start, ignored.
  Nanoseconds longest{0};      ///< Of all of it.
  bool ends_when_fine = true;  ///< False: only what is broken ends it before `longest`.
};

/// What became of the arrivals of a probe so far.
struct ProbeCounts {
  Nanoseconds at{0};           ///< Since its start.
  std::int64_t arrivals = 0;   ///< Of the probe, dropped ones included.
  std::int64_t dropped = 0;    ///< Of those.
  std::int64_t completed = 0;  ///< Iterations that ended since its start.
  std::int64_t running = 0;    ///< Iterations now.
};

/// How a probe ended.
struct ProbeDecision {
  bool held = false;
  /// The evidence sufficed; otherwise it was decided by what there was at the end.
  bool is_certain = false;
  std::string broken;  ///< The objective that broke first, "dropped_iterations" or "throughput".
};

/// Decides whether a system holds the rate of a probe, as soon as that is known. Pure: figures in,
/// decision out. It is broken when an objective is, when more than kDroppedLimit of the arrivals
/// find no VU, or when completions stay behind arrivals (BacklogTest). It holds when all of these
/// are known to be fine.
class ProbeJudge {
 public:
  static constexpr double kDroppedLimit = 0.01;

  /// `objectives` outlive this.
  ProbeJudge(const std::vector<Objective>& objectives, const ProbeTerms& terms)
      : objectives_(objectives), terms_(terms), backlog_(terms.rate) {}

  /// The counts at one more look; in time order, at about equal distances.
  void look(const ProbeCounts& counts);
  /// `measured` are the sinks of the objectives, since the end of `settle`.
  std::optional<ProbeDecision> decide(std::span<const Sink> measured) const;

 private:
  bool is_over() const { return now_.at >= terms_.longest; }
  std::optional<std::string> broken(std::span<const Sink> measured) const;
  std::string broken_at_end(std::span<const Sink> measured) const;
  bool all_fine(std::span<const Sink> measured) const;
  Failures dropped() const;

  const std::vector<Objective>& objectives_;
  ProbeTerms terms_;
  BacklogTest backlog_;
  ProbeCounts now_{};
  std::optional<ProbeCounts> settled_;  // at the first look after `settle`
  std::size_t looks_ = 0;               // since then
};

}  // namespace loadrun::metrics
