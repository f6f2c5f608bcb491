#include "metrics/balance.h"

#include "support/catch.h"

namespace loadrun::metrics {
namespace {

Balance balanced() {
  return {
      .iterations = {.intended = 20,
                     .started = 12,
                     .dropped = 5,
                     .unscheduled = 3,
                     .completed = 9,
                     .interrupted = 2,
                     .failed = 1},
      .requests = {
          .sent = 30, .responses = 20, .errors_by_code = {{1404, 6}, {1050, 3}}, .cancelled = 1}};
}

TEST_CASE("A balance spells its equations with their numbers", "[balance]") {
  CHECK(balanced().equations() ==
        std::vector<std::string>{
            "20 iterations intended = 12 started + 5 dropped + 3 unscheduled",
            "12 iterations started = 9 completed + 2 interrupted + 1 failed",
            "30 requests sent = 20 responses + 9 errors (1050: 3, 1404: 6) + 1 cancelled"});
  CHECK(Balance{}.equations().back() == "0 requests sent = 0 responses + 0 errors + 0 cancelled");
}

TEST_CASE("A balance that adds up has no broken equation", "[balance]") {
  CHECK(balanced().broken().empty());
  CHECK(Balance{}.broken().empty());
}

TEST_CASE("A number that is one off breaks the equations it is in", "[balance]") {
  struct Row {
    void (*change)(Balance& balance);
    std::vector<std::size_t> equations;
  };
  const std::vector<Row> rows{
      {[](Balance& b) { ++b.iterations.intended; }, {0}},
      {[](Balance& b) { ++b.iterations.started; }, {0, 1}},
      {[](Balance& b) { --b.iterations.dropped; }, {0}},
      {[](Balance& b) { ++b.iterations.unscheduled; }, {0}},
      {[](Balance& b) { --b.iterations.completed; }, {1}},
      {[](Balance& b) { ++b.iterations.interrupted; }, {1}},
      {[](Balance& b) { ++b.iterations.failed; }, {1}},
      {[](Balance& b) { ++b.requests.sent; }, {2}},
      {[](Balance& b) { --b.requests.responses; }, {2}},
      {[](Balance& b) { ++b.requests.errors_by_code[1000]; }, {2}},
      {[](Balance& b) { ++b.requests.cancelled; }, {2}},
  };
  for (const Row& row : rows) {
    Balance balance = balanced();
    row.change(balance);
    std::vector<std::string> expected;
    for (const std::size_t index : row.equations) expected.push_back(balance.equations()[index]);
    CHECK(balance.broken() == expected);
  }
}

TEST_CASE("Balances of requests add up, code by code", "[balance]") {
  RequestBalance sum = balanced().requests;
  sum.merge({.sent = 4, .responses = 1, .errors_by_code = {{1404, 1}, {1211, 1}}, .cancelled = 1});
  CHECK(sum.sent == 34);
  CHECK(sum.responses == 21);
  CHECK(sum.errors_by_code == std::map<int, std::uint64_t>{{1050, 3}, {1211, 1}, {1404, 7}});
  CHECK(sum.cancelled == 2);
}

}  // namespace
}  // namespace loadrun::metrics
