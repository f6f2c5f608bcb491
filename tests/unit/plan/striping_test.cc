#include "plan/striping.h"

#include <set>

#include "base/random.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

Plan plan_with_vus(const std::vector<std::int64_t>& vus) {
  json scenarios = json::object();
  for (std::size_t i = 0; i < vus.size(); ++i) {
    scenarios["s" + std::to_string(i)] = {
        {"executor", "constant-vus"}, {"vus", vus[i]}, {"duration", "1s"}};
  }
  return test::plan_of({{"scenarios", scenarios}});
}

/// Checks that each of the elements 0 .. n-1 belongs to exactly one worker.
void check_partition(const Striping& striping, std::int64_t n) {
  std::set<std::int64_t> elements;
  std::int64_t sum = 0;
  for (std::uint32_t worker = 0; worker < striping.all_workers; ++worker) {
    const std::int64_t share = striping.share(n, worker);
    sum += share;
    for (std::int64_t i = 0; i < share; ++i) {
      const std::int64_t k = striping.global_index(i, worker);
      REQUIRE(k < n);
      REQUIRE(striping.owner(k) == worker);
      elements.insert(k);
    }
  }
  CHECK(sum == n);
  CHECK(elements.size() == static_cast<std::size_t>(n));
}

TEST_CASE("the union of the workers' slices is the whole") {
  CounterRandom random(7);
  for (const std::uint32_t workers : {1U, 2U, 3U, 8U}) {
    for (int round = 0; round < 25; ++round) {
      std::vector<std::int64_t> vus;
      for (int i = 0; i < 4; ++i) vus.push_back(1 + static_cast<std::int64_t>(random.next() % 20));
      for (const Striping& striping : stripings(plan_with_vus(vus), workers)) {
        check_partition(striping, static_cast<std::int64_t>(random.next() % 200));
        check_partition(striping, 0);
        check_partition(striping, 1);
      }
    }
  }
}

TEST_CASE("shares differ by at most one and grow one element at a time") {
  const Striping striping = stripings(plan_with_vus({5}), 3).at(0);
  for (std::int64_t n = 0; n < 20; ++n) {
    for (std::uint32_t worker = 0; worker < 3; ++worker) {
      const std::int64_t growth = striping.share(n + 1, worker) - striping.share(n, worker);
      CHECK(growth == (striping.owner(n) == worker ? 1 : 0));
      CHECK(striping.share(n, worker) - n / 3 <= 1);
    }
  }
}

TEST_CASE("no worker owns an element of a scenario without owning a VU of it") {
  for (const Striping& striping : stripings(plan_with_vus({2, 1, 3, 7}), 8)) {
    for (std::uint32_t worker = 0; worker < 8; ++worker) {
      CHECK((striping.share(1000, worker) > 0) == (striping.share(striping.workers, worker) > 0));
    }
  }
}

TEST_CASE("small scenarios spread over the workers") {
  const auto all = stripings(plan_with_vus({1, 1, 1, 1}), 4);
  std::set<std::uint32_t> owners;
  for (const Striping& striping : all) {
    CHECK(striping.workers == 1);
    owners.insert(striping.owner(0));
  }
  CHECK(owners.size() == 4);
}

}  // namespace
}  // namespace loadrun::plan
