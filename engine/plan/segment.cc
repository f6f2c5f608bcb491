#include "plan/segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace loadrun::plan {
namespace {

constexpr std::int64_t kLongestPeriod = 1'000'000;

// Rounds a half up. REQUIRES: not negative.
std::int64_t rounded(const Rational& value) {
  const Wide doubled = Wide{value.numerator()} * 2 + value.denominator();
  return static_cast<std::int64_t>(doubled / (Wide{value.denominator()} * 2));
}

}  // namespace

Result<ExecutionSegment> ExecutionSegment::create(const Rational& from, const Rational& to) {
  const auto failed = [&](std::string_view problem) {
    return Error{ExitCode::kInvalidConfig,
                 fmt::format("the segment {}:{} {}", from.text(), to.text(), problem)};
  };
  if (from < Rational()) return failed("starts before 0");
  if (to > Rational(1, 1)) return failed("ends after 1");
  if (from >= to) return failed("is empty (expected an end after the start)");
  return ExecutionSegment(from, to);
}

Result<ExecutionSegment> ExecutionSegment::parse(std::string_view text) {
  if (text.empty()) return ExecutionSegment();
  const std::size_t colon = text.find(':');
  const bool starts_at_0 = colon == std::string_view::npos;
  const auto from = Rational::parse(starts_at_0 ? "0" : text.substr(0, colon));
  if (!from.ok()) return from.error();
  const auto to = Rational::parse(starts_at_0 ? text : text.substr(colon + 1));
  if (!to.ok()) return to.error();
  return create(from.value(), to.value());
}

std::string ExecutionSegment::text() const {
  return fmt::format("{}:{}", from_.text(), to_.text());
}

std::int64_t ExecutionSegment::rounded_share(std::int64_t n) const {
  const Rational whole(n, 1);
  return rounded(to_ * whole) - rounded(from_ * whole);
}

Result<std::vector<ExecutionSegment>> ExecutionSegment::split(std::int64_t parts) const {
  if (parts < 1) {
    return Error{ExitCode::kGeneric, fmt::format("cannot split a segment into {} parts", parts)};
  }
  const Rational step = length() * Rational(1, parts);
  std::vector<ExecutionSegment> pieces;
  for (std::int64_t i = 0; i < parts; ++i) {
    pieces.push_back({from_ + step * Rational(i, 1), from_ + step * Rational(i + 1, 1)});
  }
  return pieces;
}

ExecutionSegment ExecutionSegment::sub_segment(const ExecutionSegment& part) const {
  return {from_ + length() * part.from_, from_ + length() * part.to_};
}

Result<ExecutionSegmentSequence> parse_sequence(std::string_view text) {
  ExecutionSegmentSequence sequence;
  if (text.empty()) return sequence;
  std::optional<Rational> before;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const auto border = Rational::parse(text.substr(at, comma - at));
    if (!border.ok()) return border.error();
    if (before) {
      const auto segment = ExecutionSegment::create(*before, border.value());
      if (!segment.ok()) return segment.error();
      sequence.push_back(segment.value());
    }
    before = border.value();
    at = comma + 1;
  }
  if (sequence.empty()) {
    return Error{
        ExitCode::kInvalidConfig,
        fmt::format("\"{}\" has no end (expected at least two borders, e.g. 0,1/2,1)", text)};
  }
  return sequence;
}

std::string sequence_text(const ExecutionSegmentSequence& sequence) {
  if (sequence.empty()) return "";
  std::string text = sequence.front().from().text();
  for (const ExecutionSegment& segment : sequence) text += "," + segment.to().text();
  return text;
}

Result<std::int64_t> common_denominator(const ExecutionSegmentSequence& sequence) {
  std::int64_t common = 1;
  for (const ExecutionSegment& segment : sequence) {
    const std::int64_t denominator = segment.length().denominator();
    const Wide multiple = Wide{common} * (denominator / std::gcd(common, denominator));
    if (multiple > kLongestPeriod) {
      return Error{ExitCode::kInvalidConfig,
                   fmt::format("the segments {} are too odd (expected lengths with a common "
                               "denominator of at most {})",
                               sequence_text(sequence), kLongestPeriod)};
    }
    common = static_cast<std::int64_t>(multiple);
  }
  return common;
}

}  // namespace loadrun::plan
