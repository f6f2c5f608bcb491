#include "run/rate_limit.h"

#include <array>
#include <set>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace loadrun::run {
namespace {

constexpr TimePoint kNow{100s};

TEST_CASE("slots of one line are an interval apart") {
  RateLimit limit(10);
  CHECK(limit.take(kNow) == kNow);
  CHECK(limit.take(kNow) == kNow + 100ms);
  CHECK(limit.take(kNow + 10ms) == kNow + 200ms);
}

TEST_CASE("slots that nobody took are no burst later") {
  RateLimit limit(10);
  CHECK(limit.take(kNow) == kNow);
  CHECK(limit.take(kNow + 10s) == kNow + 10s);
  CHECK(limit.take(kNow + 10s) == kNow + 10s + 100ms);
}

TEST_CASE("an interval that is no whole number of nanoseconds is rounded up") {
  RateLimit limit(3);
  limit.take(kNow);
  CHECK(limit.take(kNow) == kNow + 333'333'334ns);
}

TEST_CASE("a slot given back is the next one's, unless it is past") {
  RateLimit limit(10);
  for (int i = 0; i < 5; ++i) limit.take(kNow);  // up to kNow + 400 ms
  limit.give_back(kNow + 300ms);
  limit.give_back(kNow + 100ms);
  CHECK(limit.take(kNow + 150ms) == kNow + 300ms);
  CHECK(limit.take(kNow + 150ms) == kNow + 500ms);
}

TEST_CASE("threads share the line: no slot is given twice, none is left out") {
  constexpr int kEach = 1000;
  RateLimit limit(1000);
  std::array<std::vector<TimePoint>, 4> taken;
  std::vector<std::thread> threads;
  threads.reserve(taken.size());
  for (auto& slots : taken) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) slots.push_back(limit.take(kNow));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<TimePoint> all;
  for (const auto& slots : taken) all.insert(slots.begin(), slots.end());
  CHECK(all.size() == kEach * taken.size());
  CHECK(*all.begin() == kNow);
  CHECK(*all.rbegin() == kNow + (kEach * taken.size() - 1) * 1ms);
}

}  // namespace
}  // namespace loadrun::run
