#include "plan/execution_tuple.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace loadrun::plan {
namespace {

/// The lengths of the segments in units of 1 / period.
std::vector<std::int64_t> weights(const ExecutionSegmentSequence& sequence, std::int64_t period) {
  std::vector<std::int64_t> all;
  for (const ExecutionSegment& segment : sequence) {
    const Rational length = segment.length();
    all.push_back(length.numerator() * (period / length.denominator()));
  }
  return all;
}

/// k6's rule. Element i of a period goes to the first segment, the longest ones first, for which it
/// is time: which has taken no more than its part of the i elements before.
std::vector<Stripes> stripe(const ExecutionSegmentSequence& sequence, std::int64_t period) {
  const std::vector<std::int64_t> weight = weights(sequence, period);
  std::vector<std::size_t> order(sequence.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weight[a] > weight[b]; });
  std::vector<Stripes> all(sequence.size(), Stripes{period, {}});
  for (std::int64_t i = 0; i < period; ++i) {
    for (const std::size_t segment : order) {
      std::vector<std::int64_t>& taken = all[segment].positions;
      if (Wide{static_cast<std::int64_t>(taken.size())} * period > Wide{i} * weight[segment]) {
        continue;
      }
      taken.push_back(i);
      break;
    }
  }
  return all;
}

ExecutionSegment between(const Rational& from, const Rational& to) {
  return ExecutionSegment::create(from, to).value();
}

ExecutionSegmentSequence completed(const ExecutionSegment& segment,
                                   ExecutionSegmentSequence sequence) {
  const Rational zero;
  const Rational one(1, 1);
  if (sequence.empty()) sequence.push_back(segment);
  const Rational start = sequence.front().from();
  const Rational end = sequence.back().to();
  if (start > zero) sequence.insert(sequence.begin(), between(zero, start));
  if (end < one) sequence.push_back(between(end, one));
  return sequence;
}

}  // namespace

ExecutionTuple::ExecutionTuple(ExecutionSegmentSequence sequence, std::size_t index,
                               std::int64_t period)
    : sequence_(std::move(sequence)),
      index_(index),
      stripes_(std::move(stripe(sequence_, period)[index])) {}

Result<ExecutionTuple> ExecutionTuple::create(const ExecutionSegment& segment,
                                              const ExecutionSegmentSequence& sequence) {
  ExecutionSegmentSequence whole = completed(segment, sequence);
  const auto found = std::find(whole.begin(), whole.end(), segment);
  if (found == whole.end()) {
    return Error{ExitCode::kInvalidConfig, fmt::format("the segment {} is none of the sequence {}",
                                                       segment.text(), sequence_text(whole))};
  }
  const auto period = common_denominator(whole);
  if (!period.ok()) return period.error();
  const auto index = static_cast<std::size_t>(found - whole.begin());
  return ExecutionTuple(std::move(whole), index, period.value());
}

std::optional<ExecutionTuple> ExecutionTuple::rescaled(std::int64_t n) const {
  if (stripes_.share(n) == 0) return std::nullopt;
  if (is_whole()) return *this;
  ExecutionSegmentSequence shares;
  std::size_t index = 0;
  std::int64_t before = 0;
  // The stripes of all segments; this one's are only one of them.
  const std::vector<Stripes> all = stripe(sequence_, stripes_.period);
  for (std::size_t i = 0; i < sequence_.size(); ++i) {
    const std::int64_t share = all[i].share(n);
    if (i == index_) index = shares.size();
    if (share == 0) continue;
    shares.push_back(between(Rational(before, n), Rational(before + share, n)));
    before += share;
  }
  std::int64_t period = 1;
  for (const ExecutionSegment& segment : shares) {
    period = std::lcm(period, segment.length().denominator());
  }
  return ExecutionTuple(std::move(shares), index, period);
}

}  // namespace loadrun::plan
