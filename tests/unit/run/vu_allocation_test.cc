#include "run/vu_allocation.h"

#include <fmt/format.h>

#include <set>

#include "base/random.h"
#include "support/catch.h"
#include "test_run.h"

using namespace loadrun;
using namespace loadrun::test;
using run::vu_id;
using run::vus_needed;

namespace {

std::int64_t needed(const plan::Plan& plan, std::uint32_t workers) {
  std::int64_t sum = 0;
  const auto stripings = plan::stripings(plan, workers);
  for (std::uint32_t i = 0; i < workers; ++i) sum += vus_needed(plan, stripings, i);
  return sum;
}

/// Some scenarios chosen by `random`.
plan::Plan random_plan(CounterRandom& random) {
  const auto up_to = [&random](std::uint64_t n) { return random.next() % n; };
  std::string scenarios;
  const std::uint64_t count = 1 + up_to(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string common =
        fmt::format(R"("startTime":"{}s","gracefulStop":"{}s")", up_to(30), up_to(4));
    const std::uint64_t vus = 1 + up_to(9);
    std::string body;
    if (up_to(2) == 0) {
      body =
          fmt::format(R"("executor":"constant-vus","vus":{},"duration":"{}s")", vus, 1 + up_to(9));
    } else {
      body = fmt::format(
          R"("executor":"ramping-vus","startVUs":{},"gracefulRampDown":"{}s","stages":[)"
          R"({{"duration":"{}s","target":{}}},{{"duration":"{}s","target":{}}}])",
          vus, up_to(5), up_to(9), up_to(10), 1 + up_to(9), up_to(10));
    }
    scenarios += fmt::format(R"({}"s{}":{{{},{}}})", i == 0 ? "" : ",", i, body, common);
  }
  return plan_of(R"({"scenarios":{)" + scenarios + "}}", {"default"});
}

}  // namespace

TEST_CASE("one worker needs what the plan requires; scenarios that do not overlap share VUs") {
  const plan::Plan plan = plan_of(R"({"scenarios":{
    "a":{"executor":"constant-vus","vus":5,"duration":"1s","gracefulStop":"1s"},
    "b":{"executor":"constant-vus","vus":3,"duration":"1s","startTime":"3s"},
    "c":{"executor":"constant-vus","vus":2,"duration":"1s","startTime":"1s"}}})",
                                  {"default"});
  CHECK(needed(plan, 1) == 7);
  CHECK(plan::requirements(plan).max_vus == 7);
}

TEST_CASE("scenarios that follow each other at the same instant do not share") {
  const plan::Plan plan = plan_of(R"({"scenarios":{
    "a":{"executor":"constant-vus","vus":5,"duration":"1s","gracefulStop":"0s"},
    "b":{"executor":"constant-vus","vus":3,"duration":"1s","startTime":"1s","gracefulStop":"0s"}}})",
                                  {"default"});
  CHECK(needed(plan, 1) == 8);
}

TEST_CASE("the workers together have at least the VUs the plan requires, none has too many") {
  CounterRandom random(42);
  for (int round = 0; round < 300; ++round) {
    const plan::Plan plan = random_plan(random);
    const std::int64_t required = plan::requirements(plan).max_vus;
    std::int64_t all = 0;
    for (const plan::Scenario& scenario : plan.scenarios) all += plan::max_vus(scenario);
    for (const std::uint32_t workers : {1u, 2u, 3u, 8u}) {
      INFO(fmt::format("round {}, {} workers", round, workers));
      CHECK(needed(plan, workers) >= required);
      CHECK(needed(plan, workers) <= all);
    }
  }
}

TEST_CASE("ids of the VUs of all workers are unique, and 1 to n when evenly spread") {
  for (const std::uint32_t workers : {1u, 2u, 7u}) {
    std::set<std::uint64_t> ids;
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
      for (std::uint64_t i = 0; i < 20; ++i) ids.insert(vu_id(i, worker, workers));
    }
    CHECK(ids.size() == 20 * workers);
    CHECK(*ids.begin() == 1);
    CHECK(*ids.rbegin() == 20 * workers);
  }
}

TEST_CASE(
    "a worker may come to have maxVUs of what overlaps; what ends leaves its VUs to what starts") {
  const auto open = [](const char* name, const char* start, int most) {
    return std::string("\"") + name + R"(":{"executor":"constant-arrival-rate","rate":10,)" +
           R"("duration":"3s","gracefulStop":"0s","preAllocatedVUs":1,"startTime":")" + start +
           R"(","maxVUs":)" + std::to_string(most) + "}";
  };
  const auto at_most = [](const std::string& scenarios, std::uint32_t workers) {
    const plan::Plan plan = plan_of(R"({"scenarios":{)" + scenarios + "}}", {"default"});
    const auto stripings = plan::stripings(plan, workers);
    std::int64_t sum = 0;
    for (std::uint32_t i = 0; i < workers; ++i) sum += run::vus_at_most(plan, stripings, i);
    return sum;
  };
  const std::string a = open("a", "0s", 10);
  CHECK(at_most(a + "," + open("b", "3s", 10), 1) == 10);
  CHECK(at_most(a + "," + open("b", "2s", 10), 1) == 20);
  CHECK(at_most(a + R"(,"c":{"executor":"constant-vus","vus":4,"duration":"1s"})", 1) == 14);
  for (const std::uint32_t workers : {2U, 3U}) {  // whose shares of the two differ by one at most
    const std::int64_t together = at_most(a + "," + open("b", "3s", 10), workers);
    CHECK(together >= 10);
    CHECK(together < 10 + workers);
  }
}
