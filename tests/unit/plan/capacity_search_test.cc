#include "plan/capacity_search.h"

#include <cmath>
#include <utility>
#include <vector>

#include "plan/capacity_result.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::plan;

namespace {

Capacity capacity(std::int64_t start, std::int64_t most, double factor = 1.5) {
  return {.start = start, .factor = factor, .max_rate = most, .objective = {}};
}

/// The rates that a search probes of a system that holds up to `limit`, and the search.
struct Searched {
  CapacitySearch search;
  std::vector<ProbeOrder> orders;

  std::vector<std::int64_t> rates(ProbeKind kind) const {
    std::vector<std::int64_t> rates;
    for (const ProbeOrder& order : orders) {
      if (order.kind == kind) rates.push_back(order.rate);
    }
    return rates;
  }
};

template <typename Holds>
Searched searched(const Capacity& executor, Holds holds) {
  Searched result{CapacitySearch(executor), {}};
  while (const auto order = result.search.next()) {
    REQUIRE(result.orders.size() < 1000);
    result.orders.push_back(*order);
    result.search.take(holds(*order));
  }
  return result;
}

Searched searched_up_to(const Capacity& executor, std::int64_t limit) {
  return searched(executor, [limit](const ProbeOrder& order) { return order.rate <= limit; });
}

Nanoseconds longest(const Capacity& executor, const Searched& searched) {
  Nanoseconds sum{0};
  for (const ProbeOrder& order : searched.orders) sum += longest_probe(executor, order.kind);
  return sum;
}

using Rates = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("rates are raised by the factor until one breaks, then bisected, checked and held") {
  const Searched found = searched_up_to(capacity(100, 5000), 487);
  CHECK(found.rates(ProbeKind::kRaise) == Rates{100, 150, 225, 338, 507});
  CHECK(found.rates(ProbeKind::kBisect) == Rates{414, 458, 482, 494});
  CHECK(found.rates(ProbeKind::kRecheck) == Rates{494});
  CHECK(found.rates(ProbeKind::kHold) == Rates{482});
  CHECK(found.search.held() == 482);
  CHECK(found.search.broken() == 494);
  CHECK(found.search.is_confirmed());
}

TEST_CASE("what a search finds is within its precision, wherever the capacity is") {
  const Capacity executor = capacity(10, 20000, 2);
  for (std::int64_t limit = 10; limit < 20000; limit += 1 + limit / 7) {
    const Searched found = searched_up_to(executor, limit);
    CAPTURE(limit);
    CHECK(found.search.is_confirmed());
    CHECK(found.search.held() <= limit);
    CHECK(found.search.broken() > limit);
    const bool is_narrow =
        *found.search.broken() - *found.search.held() <= 1 ||
        static_cast<double>(*found.search.broken()) <=
            CapacitySearch::kPrecision * static_cast<double>(*found.search.held());
    CHECK(is_narrow);
    CHECK(longest(executor, found) < longest_search(executor));
  }
}

TEST_CASE("a system that never breaks is held at maxRate") {
  const Searched found = searched_up_to(capacity(50, 300), 1000);
  CHECK(found.rates(ProbeKind::kRaise) == Rates{50, 75, 113, 170, 255, 300});
  CHECK(found.rates(ProbeKind::kHold) == Rates{300});
  CHECK(found.search.held() == 300);
  CHECK_FALSE(found.search.broken());
}

TEST_CASE("a start that breaks is lowered, but not for ever") {
  const Searched found = searched_up_to(capacity(400, 1000, 2), 150);
  CHECK(found.rates(ProbeKind::kLower) == Rates{200, 100});
  CHECK(found.search.held() == 150);
  const Searched hopeless = searched_up_to(capacity(400, 1000, 2), 0);
  CHECK(hopeless.rates(ProbeKind::kLower) == Rates{200, 100, 50});
  CHECK_FALSE(hopeless.search.held());
  CHECK(hopeless.search.broken() == 50);
  CHECK(searched_up_to(capacity(1, 10), 0).orders.size() == 1);
}

TEST_CASE("a hold that breaks is followed by lower ones, three in all") {
  int holds = 0;
  const auto second = [&](const ProbeOrder& order) {
    return order.kind == ProbeKind::kHold ? ++holds == 2 : order.rate <= 1000;
  };
  const Searched found = searched(capacity(100, 5000), second);
  const Rates held = found.rates(ProbeKind::kHold);
  REQUIRE(held.size() == 2);
  CHECK(held[1] == std::llround(static_cast<double>(held[0]) / CapacitySearch::kPrecision));
  CHECK(found.search.held() == held[1]);
  CHECK(found.search.broken() == held[0]);
  CHECK(found.search.is_confirmed());

  const Searched never = searched(capacity(100, 5000), [](const ProbeOrder& order) {
    return order.kind != ProbeKind::kHold && order.rate <= 1000;
  });
  CHECK(never.rates(ProbeKind::kHold).size() == 3);
  CHECK_FALSE(never.search.is_confirmed());
  CHECK(*never.search.held() < never.rates(ProbeKind::kHold).back());
}

TEST_CASE("one probe that broke by mistake does not decide the search") {
  bool mistaken = false;
  const Searched found = searched(capacity(100, 5000), [&](const ProbeOrder& order) {
    if (order.rate == 338 && !std::exchange(mistaken, true)) return false;
    return order.rate <= 1000;
  });
  CHECK(*found.search.held() > 950);
  CHECK(*found.search.held() <= 1000);
}

TEST_CASE("the knee is where rate by latency is greatest, among what held") {
  const auto probe = [](std::int64_t rate, double latency, bool held = true) {
    Probe made;
    made.order.rate = rate;
    made.outcome = held ? Probe::Outcome::kHeld : Probe::Outcome::kBroke;
    made.avg = latency;
    return made;
  };
  // M/M/1 with a mean service of 10 ms: T = 1 / (100 - rate); power is greatest at half its
  // capacity.
  std::vector<Probe> probes;
  for (const std::int64_t rate : {10, 30, 50, 70, 90}) {
    probes.push_back(probe(rate, 1000.0 / static_cast<double>(100 - rate)));
  }
  CHECK(knee_of(probes) == 50);
  CHECK(knee_of({probe(10, 5), probe(100, 5), probe(1000, 1, false)}) == 100);
  CHECK(knee_of({}) == std::nullopt);
}
