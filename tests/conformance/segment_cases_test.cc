#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/cases.h"
#include "plan/execution_tuple.h"
#include "support/catch.h"

// The areas `segment.*` of plan.jsonl, all of them; plan_cases_test.cc says that they are tested.

namespace loadrun::plan {
namespace {

using nlohmann::json;
using test::Case;

constexpr const char* kFile = "plan.jsonl";

std::string text_of(const json& value) { return value.is_null() ? "" : value.get<std::string>(); }

ExecutionSegment segment_of(const json& text) {
  const auto segment = ExecutionSegment::parse(text_of(text));
  if (!segment.ok()) FAIL(segment.error().message);
  return segment.value();
}

ExecutionSegmentSequence sequence_of(const json& text) {
  const auto sequence = parse_sequence(text_of(text));
  if (!sequence.ok()) FAIL(sequence.error().message);
  return sequence.value();
}

ExecutionTuple tuple_of(const json& input) {
  const auto tuple =
      ExecutionTuple::create(segment_of(input.at("segment")), sequence_of(input.at("sequence")));
  if (!tuple.ok()) FAIL(tuple.error().message);
  return tuple.value();
}

json texts_of(const std::vector<ExecutionSegment>& segments) {
  json texts = json::array();
  for (const ExecutionSegment& segment : segments) texts.push_back(segment.text());
  return texts;
}

TEST_CASE("segments are read as by k6") {
  for (const Case& one : test::cases_of(kFile, "segment.parse")) {
    INFO(one.text());
    const auto segment = ExecutionSegment::parse(one.input.get<std::string>());
    CHECK((segment.ok() ? segment.value().text() : "error") == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "segment.new")) {
    INFO(one.text());
    const std::string text = text_of(one.input.at("from")) + ":" + text_of(one.input.at("to"));
    CHECK(ExecutionSegment::parse(text).ok() == (one.expected == "ok"));
  }
  for (const Case& one : test::cases_of(kFile, "segment.sequence_parse")) {
    INFO(one.text());
    const auto sequence = parse_sequence(one.input.get<std::string>());
    CHECK((sequence.ok() ? texts_of(sequence.value()) : json("error")) == one.expected);
  }
}

TEST_CASE("segments are measured and cut as by k6") {
  for (const Case& one : test::cases_of(kFile, "segment.length")) {
    INFO(one.text());
    const Rational length = segment_of(one.input.at("segment")).length();
    const double value =
        static_cast<double>(length.numerator()) / static_cast<double>(length.denominator());
    CHECK(std::abs(value - one.expected.get<double>()) <= one.input.at("epsilon").get<double>());
  }
  for (const Case& one : test::cases_of(kFile, "segment.split")) {
    INFO(one.text());
    const auto parts = segment_of(one.input.at("segment")).split(one.input.at("parts"));
    CHECK((parts.ok() ? texts_of(parts.value()) : json("error")) == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "segment.subsegment")) {
    INFO(one.text());
    const ExecutionSegment part = segment_of(one.input.at("sub"));
    CHECK(segment_of(one.input.at("base")).sub_segment(part).text() == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "segment.sequence_lcd")) {
    INFO(one.text());
    CHECK(common_denominator(sequence_of(one.input)).value() == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "segment.scale_naive")) {
    INFO(one.text());
    CHECK(segment_of(one.input.at("segment")).rounded_share(one.input.at("value")) == one.expected);
  }
}

/// Checks the share of each of the values that a case names.
void check_shares(const json& expected, const Stripes& stripes) {
  for (const auto& [value, share] : expected.items()) {
    CHECK(stripes.share(std::stoll(value)) == share);
  }
}

TEST_CASE("elements are striped over segments as by k6") {
  for (const Case& one : test::cases_of(kFile, "segment.striped_offsets")) {
    INFO(one.text());
    const Stripes stripes = tuple_of(one.input).stripes();
    CHECK(stripes.period == one.expected.at("lcd"));
    CHECK(stripes.positions.front() == one.expected.at("start"));
    json offsets = json::array();
    for (std::int64_t i = 0; i < stripes.share(stripes.period); ++i) {
      offsets.push_back(stripes.global_index(i + 1) - stripes.global_index(i));
    }
    CHECK(offsets == one.expected.at("offsets"));
  }
  for (const Case& one : test::cases_of(kFile, "segment.scale_striped")) {
    INFO(one.text());
    CHECK(tuple_of(one.input).stripes().share(one.input.at("value")) == one.expected);
  }
  for (const Case& one : test::cases_of(kFile, "segment.tuple_scale")) {
    INFO(one.text());
    check_shares(one.expected, tuple_of(one.input).stripes());
  }
  for (const Case& one : test::cases_of(kFile, "segment.tuple_rescale")) {
    INFO(one.text());
    const auto rescaled = tuple_of(one.input).rescaled(one.input.at("resequence_value"));
    REQUIRE(rescaled.has_value() == one.expected.is_object());
    if (rescaled) check_shares(one.expected, rescaled->stripes());
  }
}

/// The stripes of a case that gives the distances between positions.
Stripes stripes_of(const json& input) {
  Stripes stripes{input.at("lcd"), {}};
  std::int64_t position = input.at("start");
  for (const json& offset : input.at("offsets")) {
    stripes.positions.push_back(position);
    position += offset.get<std::int64_t>();
  }
  return stripes;
}

/// How many elements a part has after one of k6's operations: next, previous or "goto n".
std::int64_t moved(const Stripes& stripes, std::int64_t scaled, const std::string& operation) {
  if (operation == "n") return scaled + 1;
  if (operation == "p") return scaled - 1;
  return stripes.share(std::stoll(operation.substr(std::string("goto ").size())));
}

TEST_CASE("walking over a part's elements gives k6's numbers") {
  for (const Case& one : test::cases_of(kFile, "segment.index_walk")) {
    INFO(one.text());
    const Stripes stripes = stripes_of(one.input);
    std::int64_t scaled = 0;
    json walk = json::array();
    for (const json& operation : one.input.at("ops")) {
      scaled = moved(stripes, scaled, operation.get<std::string>());
      const std::int64_t unscaled = scaled == 0 ? 0 : stripes.global_index(scaled - 1) + 1;
      walk.push_back({{"unscaled", unscaled}, {"scaled", scaled}});
    }
    CHECK(walk == one.expected);
  }
}

}  // namespace
}  // namespace loadrun::plan
