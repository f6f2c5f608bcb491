#include "metrics/errors.h"

#include <algorithm>
#include <string>
#include <vector>

#include "metrics/shard.h"
#include "metrics/totals.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

using Requests = ErrorTable<RequestError, RequestExample>;
using Iterations = ErrorTable<RaisedError, RaisedExample>;

void fail(Requests& table, RequestError kind, Nanoseconds at) {
  if (RequestExample* const first = table.add(kind)) {
    *first = {.at = {at}, .method = "GET", .name = "n", .error = {}};
  }
}

/// A table of `count` kinds from `from` on, each failed once at its own time.
Requests kinds(int from, int count) {
  Requests table;
  for (int code = from; code < from + count; ++code) fail(table, {.code = code}, code * 1s);
  return table;
}

std::vector<std::pair<int, std::uint64_t>> counts(const Requests& table) {
  std::vector<std::pair<int, std::uint64_t>> counts;
  for (const auto& [kind, entry] : table.entries()) counts.emplace_back(kind.code, entry.count);
  return counts;
}

TEST_CASE("errors are counted by kind; the first is the example") {
  Requests table;
  fail(table, {.code = 1503, .status = 503}, 1s);
  fail(table, {.code = 1212}, 2s);
  fail(table, {.code = 1503, .status = 503}, 3s);
  CHECK(counts(table) == std::vector<std::pair<int, std::uint64_t>>{{1212, 1}, {1503, 2}});
  CHECK(table.entries().at({1503, 503}).first.at == TimePoint{1s});
  CHECK(table.total() == 3);
  table.clear();
  CHECK(table.total() == 0);
}

TEST_CASE("merging adds up; the example is the earliest one, whatever the order") {
  Requests early, late, sum, other_order;
  fail(early, {.code = 1}, 1s);
  fail(early, {.code = 2}, 9s);
  fail(late, {.code = 1}, 5s);
  fail(late, {.code = 2}, 4s);
  fail(late, {.code = 3}, 4s);
  for (const Requests* part : {&early, &late}) sum.merge(*part);
  for (const Requests* part : {&late, &early}) other_order.merge(*part);
  for (const Requests* merged : {&sum, &other_order}) {
    CHECK(counts(*merged) == std::vector<std::pair<int, std::uint64_t>>{{1, 2}, {2, 2}, {3, 1}});
    CHECK(merged->entries().at({.code = 1}).first.at == TimePoint{1s});
    CHECK(merged->entries().at({.code = 2}).first.at == TimePoint{4s});
  }
}

TEST_CASE("of examples at the same instant the order of merging does not choose") {
  Iterations a, b;
  *a.add({.message = "x"}) = {.at = {1s}, .scenario = "s", .vu = 1, .iteration = 0};
  *b.add({.message = "x"}) = {.at = {1s}, .scenario = "s", .vu = 2, .iteration = 0};
  Iterations ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  CHECK(ab.entries().at({.message = "x"}).first.vu == 1);
  CHECK(ba.entries().at({.message = "x"}).first.vu == 1);
}

TEST_CASE("of many kinds the first hundred are told apart, the others are counted") {
  Requests table = kinds(0, 5000);
  CHECK(table.entries().size() == Requests::kMaxKinds);
  CHECK(table.others() == 4900);
  CHECK(table.total() == 5000);
  fail(table, {.code = 7}, 1s);
  fail(table, {.code = 4000}, 1s);
  CHECK(table.entries().at({.code = 7}).count == 2);
  CHECK(table.others() == 4901);
}

TEST_CASE("what does not fit when tables are merged is counted too") {
  Requests sum = kinds(0, 60);
  sum.merge(kinds(30, 60));
  CHECK(sum.entries().size() == 90);
  sum.merge(kinds(80, 200));  // 10 are known, 10 more fit, and 100 of its own were others already
  CHECK(sum.entries().size() == Requests::kMaxKinds);
  CHECK(sum.total() == 60 + 60 + 200);
}

TEST_CASE("long texts are cut between characters") {
  CHECK(kept_text(std::string(300, 'x')) == std::string(300, 'x'));
  CHECK(kept_text(std::string(1'000'000, 'x')) == std::string(297, 'x') + "…");
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "é";
  const std::string cut = kept_text("x" + wide);
  CHECK(cut == "x" + wide.substr(0, 296) + "…");
  CHECK(kept_text("").empty());
}

TEST_CASE("a worker's errors travel with its delta, once") {
  const Registry registry;
  TagTable tags;
  Shard shard(registry, tags);
  Totals totals(registry);
  fail(shard.errors().requests, {.code = 1212}, 1s);
  Delta delta = shard.take({});
  totals.merge(0, delta);
  CHECK(totals.errors().requests.total() == 1);
  CHECK(delta.errors.requests.total() == 0);
  delta = shard.take(std::move(delta));
  totals.merge(0, delta);
  CHECK(totals.errors().requests.total() == 1);
}

}  // namespace
}  // namespace loadrun::metrics
