#include "base/random.h"

#include <cstdlib>
#include <set>

#include "support/catch.h"

namespace loadrun {
namespace {

TEST_CASE("an iteration draws the same numbers wherever it runs") {
  auto here = CounterRandom::for_iteration(1, 2, 3);
  auto there = CounterRandom::for_iteration(1, 2, 3);
  for (int i = 0; i < 100; ++i) CHECK(here.next() == there.next());
}

TEST_CASE("seed, scenario and iteration each change the numbers") {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t i = 0; i < 10; ++i) {
    firsts.insert(CounterRandom::for_iteration(i, 100, 200).next());
    firsts.insert(CounterRandom::for_iteration(300, i, 400).next());
    firsts.insert(CounterRandom::for_iteration(500, 600, i).next());
  }
  CHECK(firsts.size() == 30);
}

TEST_CASE("doubles are spread evenly over [0, 1)") {
  CounterRandom random(42);
  int buckets[10] = {};
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.next_double();
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    ++buckets[static_cast<int>(x * 10)];
  }
  // The key is fixed, so this is a fact and not a chance: five standard deviations are 475.
  for (const int count : buckets) CHECK(std::abs(count - kDraws / 10) < 475);
}

TEST_CASE("the system's seeds differ") { CHECK(random_seed() != random_seed()); }

}  // namespace
}  // namespace loadrun
