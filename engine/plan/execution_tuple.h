#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "plan/segment.h"
#include "plan/stripes.h"

namespace loadrun::plan {

/// One segment among all that make up a test, and so the elements that are its. Instances that are
/// given the same sequence and a segment of it each agree, without talking to each other, on who
/// does what: elements are striped over the segments in proportion to their lengths.
class ExecutionTuple {
 public:
  /// The whole test.
  ExecutionTuple() = default;
  /// `segment` of `sequence`, which is completed to the whole: by a segment in front and one behind
  /// where it does not reach 0 and 1; an empty one is taken for the segment alone. Fails
  /// (kInvalidConfig) when the segment is none of the sequence, and as common_denominator does.
  static Result<ExecutionTuple> create(const ExecutionSegment& segment,
                                       const ExecutionSegmentSequence& sequence);

  /// This segment's part when only `n` elements (the VUs of a scenario) do the work: each
  /// segment's length is its share of them. None when this one has no share.
  std::optional<ExecutionTuple> rescaled(std::int64_t n) const;

  const ExecutionSegment& segment() const { return sequence_[index_]; }
  /// Complete, from 0 to 1.
  const ExecutionSegmentSequence& sequence() const { return sequence_; }
  bool is_whole() const { return sequence_.size() == 1; }
  const Stripes& stripes() const { return stripes_; }

 private:
  ExecutionTuple(ExecutionSegmentSequence sequence, std::size_t index, std::int64_t period);

  ExecutionSegmentSequence sequence_{ExecutionSegment()};
  std::size_t index_ = 0;
  Stripes stripes_;
};

}  // namespace loadrun::plan
