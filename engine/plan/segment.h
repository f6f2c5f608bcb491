#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/rational.h"

namespace loadrun::plan {

/// A part of a test, which one instance runs: from `from` to `to` of the whole, 0 to 1, not empty.
class ExecutionSegment {
 public:
  /// The whole test.
  ExecutionSegment() = default;
  /// Fails (kInvalidConfig) unless 0 <= from < to <= 1.
  static Result<ExecutionSegment> create(const Rational& from, const Rational& to);
  /// Reads "from:to", each a fraction, a decimal or a percentage; "to" alone starts at 0, and ""
  /// is the whole. Fails (kInvalidConfig) naming what is wrong.
  static Result<ExecutionSegment> parse(std::string_view text);

  const Rational& from() const { return from_; }
  const Rational& to() const { return to_; }
  Rational length() const { return to_ - from_; }
  /// "0:1/3".
  std::string text() const;

  /// The share of `n` elements by length alone: those whose rounded position falls into the
  /// segment. The shares of segments that make up a whole add up to n.
  std::int64_t rounded_share(std::int64_t n) const;
  /// `parts` segments of the same length, which together are this one. Fails (kGeneric) when
  /// `parts` is less than 1.
  Result<std::vector<ExecutionSegment>> split(std::int64_t parts) const;
  /// The part of this segment that `part` is of the whole.
  ExecutionSegment sub_segment(const ExecutionSegment& part) const;

  bool operator==(const ExecutionSegment&) const = default;

 private:
  ExecutionSegment(const Rational& from, const Rational& to) : from_(from), to_(to) {}

  Rational from_;
  Rational to_{1, 1};
};

/// Segments that follow each other without gaps.
using ExecutionSegmentSequence = std::vector<ExecutionSegment>;

/// Reads the borders of segments, ascending: "0,1/3,2/3,1"; "" has no segments. Fails
/// (kInvalidConfig) naming what is wrong.
Result<ExecutionSegmentSequence> parse_sequence(std::string_view text);

/// "0,1/3,2/3,1", as parse_sequence reads it.
std::string sequence_text(const ExecutionSegmentSequence& sequence);

/// The least common denominator of the segments' lengths. Fails (kInvalidConfig) when it exceeds a
/// million: work is striped in periods of that many elements.
Result<std::int64_t> common_denominator(const ExecutionSegmentSequence& sequence);

}  // namespace loadrun::plan
