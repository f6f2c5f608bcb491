#include "metrics/probe_judge.h"

#include <algorithm>

namespace loadrun::metrics {
namespace {

// A hiccup of a moment is no evidence, however many requests it hits.
constexpr std::size_t kFewestToBreak = 5;
constexpr std::size_t kFewestToHold = 10;

const std::string kDropped = "dropped_iterations";
const std::string kThroughput = "throughput";

}  // namespace

void ProbeJudge::look(const ProbeCounts& counts) {
  now_ = counts;
  if (counts.at < terms_.settle) return;
  if (settled_) ++looks_;
  if (!settled_) settled_ = counts;
  // Until as many have ended as are running, the backlog is that of the beginning: iterations that
  // take longer than `settle` do not pile up, they have not had their time.
  if (backlog_.looks() == 0 && counts.completed < counts.running) return;
  backlog_.add(counts.at, counts.running + counts.dropped);
}

Failures ProbeJudge::dropped() const {
  if (!settled_) return {};
  const auto count = [](std::int64_t later, std::int64_t before) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(later - before, 0));
  };
  const std::uint64_t failed = count(now_.dropped, settled_->dropped);
  return {failed, std::max(count(now_.arrivals, settled_->arrivals), failed)};
}

std::optional<std::string> ProbeJudge::broken(std::span<const Sink> measured) const {
  for (std::size_t i = 0; i < objectives_.size(); ++i) {
    if (objectives_[i].evidence(measured[i]) == Evidence::kBroken) return objectives_[i].name();
  }
  if (evidence_of(share_log_ratio(dropped(), kDroppedLimit)) == Evidence::kBroken) return kDropped;
  if (backlog_.evidence() == Evidence::kBroken) return kThroughput;
  return std::nullopt;
}

/// By what there is; "" when it holds.
std::string ProbeJudge::broken_at_end(std::span<const Sink> measured) const {
  const Nanoseconds duration = now_.at - settled_->at;
  for (std::size_t i = 0; i < objectives_.size(); ++i) {
    if (!objectives_[i].holds(measured[i], duration)) return objectives_[i].name();
  }
  const Failures lost = dropped();
  const double share = static_cast<double>(lost.failed) /
                       static_cast<double>(std::max<std::uint64_t>(lost.total, 1));
  if (share >= kDroppedLimit) return kDropped;
  return backlog_.looks() == 0 || backlog_.seems_to_grow() ? kThroughput : "";
}

bool ProbeJudge::all_fine(std::span<const Sink> measured) const {
  for (std::size_t i = 0; i < objectives_.size(); ++i) {
    if (objectives_[i].evidence(measured[i]) != Evidence::kFine) return false;
  }
  return evidence_of(share_log_ratio(dropped(), kDroppedLimit)) == Evidence::kFine &&
         backlog_.evidence() == Evidence::kFine;
}

std::optional<ProbeDecision> ProbeJudge::decide(std::span<const Sink> measured) const {
  if (!settled_) return std::nullopt;
  if (looks_ >= kFewestToBreak) {
    if (auto reason = broken(measured)) return ProbeDecision{false, true, *std::move(reason)};
  }
  const bool is_fine = looks_ >= kFewestToHold && all_fine(measured);
  if (is_fine && (terms_.ends_when_fine || is_over())) return ProbeDecision{true, true, {}};
  if (!is_over()) return std::nullopt;
  std::string reason = broken_at_end(measured);
  return ProbeDecision{reason.empty(), false, std::move(reason)};
}

}  // namespace loadrun::metrics
