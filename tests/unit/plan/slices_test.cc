#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/arrivals.h"
#include "plan/schedule.h"
#include "unit/plan/plan_support.h"

// Whatever way a test is cut into instances and workers, the pieces are the test.

namespace loadrun::plan {
namespace {

using nlohmann::json;

/// Random plans and cuts.
class Dice {
 public:
  explicit Dice(std::uint64_t key) : random_(key) {}

  std::int64_t roll(std::int64_t least, std::int64_t most) {
    const auto range = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<std::int64_t>(random_.next() % range);
  }
  bool toss() { return roll(0, 1) == 1; }

  json scenario() {
    static const std::vector<std::string> kExecutors{
        "constant-vus",         "ramping-vus",           "shared-iterations",
        "per-vu-iterations",    "constant-arrival-rate", "ramping-arrival-rate",
        "externally-controlled"};
    const std::string& executor = kExecutors[static_cast<std::size_t>(roll(0, 6))];
    json fields = {{"executor", executor}};
    if (executor.find("ramping") == 0) fields["stages"] = stages();
    const bool has_duration = executor.find("constant") == 0 || executor == "externally-controlled";
    if (has_duration) fields["duration"] = roll(1000, 5000);
    if (executor.find("arrival") != std::string::npos) {
      add_arrivals(fields);
    } else if (executor == "ramping-vus") {
      fields["startVUs"] = roll(1, 10);
    } else {
      fields["vus"] = roll(1, 20);
      if (!has_duration) fields["iterations"] = roll(20, 60);
    }
    return fields;
  }

  /// Borders of one to five segments, "0,2/7,1".
  std::string sequence() {
    const std::int64_t parts = roll(1, 5);
    const std::int64_t whole = roll(parts, 12);
    std::set<std::int64_t> borders{0, whole};
    while (static_cast<std::int64_t>(borders.size()) <= parts) borders.insert(roll(0, whole));
    std::string text;
    for (const std::int64_t border : borders) {
      if (!text.empty()) text += ",";
      text += std::to_string(border) + "/" + std::to_string(whole);
    }
    return text;
  }

 private:
  json stages() {
    json list = json::array();
    for (std::int64_t i = roll(1, 4); i > 0; --i) {
      list.push_back({{"duration", toss() ? roll(0, 3000) : 0}, {"target", roll(0, 15)}});
    }
    return list;
  }

  void add_arrivals(json& fields) {
    fields[fields.contains("stages") ? "startRate" : "rate"] = roll(1, 30);
    fields["timeUnit"] = toss() ? 1000 : roll(300, 3000);
    fields["preAllocatedVUs"] = roll(0, 10);
    fields["maxVUs"] = roll(10, 15);
    if (toss()) fields["arrival"] = "poisson";
  }

  CounterRandom random_;
};

/// The plan of each instance.
std::vector<Plan> instances_of(const json& options, const std::string& sequence) {
  std::vector<Plan> plans;
  const auto segments = parse_sequence(sequence);
  for (const ExecutionSegment& segment : segments.value()) {
    json mine = options;
    mine["executionSegment"] = segment.text();
    mine["executionSegmentSequence"] = sequence;
    plans.push_back(test::plan_of(mine));
  }
  return plans;
}

using Arrived = std::map<std::int64_t, Nanoseconds>;

Arrived arrivals_of(const Scenario& scenario, const ArrivalSlice& slice) {
  Arrivals arrivals(scenario, slice);
  Arrived found;
  Nanoseconds before{0};
  while (const auto arrival = arrivals.next()) {
    REQUIRE(arrival->at >= before);
    before = arrival->at;
    REQUIRE(found.emplace(arrival->in_test, arrival->at).second);
    // The instance can tell which one it is from either number.
    const Stripes stripes = iteration_stripes(scenario);
    REQUIRE(stripes.owns(arrival->in_test));
    REQUIRE(stripes.share(arrival->in_test) == arrival->in_instance);
    REQUIRE(slice.striping.owner(arrival->in_instance) == slice.worker);
  }
  return found;
}

/// What all slices have together.
struct Union {
  std::set<std::int64_t> vus;
  std::set<std::int64_t> iterations;
  Arrived arrivals;
  std::int64_t even_arrivals = 0;
};

constexpr std::uint64_t kSeed = 42;

void add_worker(Union& all, const Scenario& scenario, const ArrivalSlice& slice) {
  const Stripes& stripes = scenario.tuple.stripes();
  const std::int64_t vus = slice.striping.share(max_vus(scenario), slice.worker);
  for (std::int64_t i = 0; i < vus; ++i) {
    const std::int64_t in_instance = slice.striping.global_index(i, slice.worker);
    REQUIRE(all.vus.insert(stripes.global_index(in_instance)).second);
  }
  if (!is_open(scenario.executor)) return;
  const Arrived arrived = arrivals_of(scenario, slice);
  if (!arrived.empty()) REQUIRE(vus > 0);
  for (const auto& arrival : arrived) REQUIRE(all.arrivals.insert(arrival).second);
}

void add_instance(Union& all, const Plan& plan, std::size_t index, std::uint32_t workers) {
  const Scenario& scenario = plan.scenarios[index];
  const Striping striping = stripings(plan, workers)[index];
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    add_worker(all, scenario, {striping, worker, kSeed, index});
  }
  if (is_open(scenario.executor)) all.even_arrivals += even_arrivals(scenario);
  if (!std::holds_alternative<SharedIterations>(scenario.executor)) return;
  const Stripes stripes = iteration_stripes(scenario);
  if (shared_iterations(scenario) > 0) REQUIRE(max_vus(scenario) > 0);
  for (std::int64_t i = 0; i < shared_iterations(scenario); ++i) {
    REQUIRE(all.iterations.insert(stripes.global_index(i)).second);
  }
}

void check_numbered_from_0(const std::set<std::int64_t>& numbers, std::int64_t count) {
  CHECK(static_cast<std::int64_t>(numbers.size()) == count);
  if (!numbers.empty()) CHECK(*numbers.begin() == 0);
  if (!numbers.empty()) CHECK(*numbers.rbegin() == count - 1);
}

void check_scenario(const Scenario& whole, const Union& all, std::size_t index) {
  check_numbered_from_0(all.vus, max_vus(whole));
  if (const auto* shared = std::get_if<SharedIterations>(&whole.executor)) {
    check_numbered_from_0(all.iterations, shared->iterations);
  }
  if (!is_open(whole.executor)) return;
  CHECK(all.arrivals == arrivals_of(whole, {.striping = {}, .seed = kSeed, .scenario = index}));
  CHECK(all.even_arrivals == even_arrivals(whole));
}

std::int64_t vus_at(const std::vector<VuStep>& steps, Nanoseconds at) {
  std::int64_t vus = 0;
  for (const VuStep& step : steps) {
    if (step.at <= at) vus = step.vus;
  }
  return vus;
}

/// At each step of the whole, the instances loop as many VUs as it.
void check_steps(const Scenario& whole, const std::vector<Plan>& instances, std::size_t index) {
  if (is_open(whole.executor)) return;
  for (const VuStep& step : vu_steps(whole)) {
    std::int64_t sum = 0;
    for (const Plan& plan : instances) sum += vus_at(vu_steps(plan.scenarios[index]), step.at);
    CHECK(sum == vus_at(vu_steps(whole), step.at));
  }
}

TEST_CASE("all slices of a test together are the test, and none has what another has") {
  Dice dice(2024);
  for (int round = 0; round < 200; ++round) {
    json options = {{"scenarios", json::object()}};
    for (std::int64_t i = dice.roll(1, 3); i > 0; --i) {
      options["scenarios"]["s" + std::to_string(i)] = dice.scenario();
    }
    const std::string sequence = dice.sequence();
    INFO(sequence << " " << options.dump());
    const Plan whole = test::plan_of(options);
    const std::vector<Plan> instances = instances_of(options, sequence);
    for (std::size_t i = 0; i < whole.scenarios.size(); ++i) {
      check_steps(whole.scenarios[i], instances, i);
      for (const std::uint32_t workers : {1U, 2U, 3U, 8U}) {
        Union all;
        for (const Plan& plan : instances) add_instance(all, plan, i, workers);
        check_scenario(whole.scenarios[i], all, i);
      }
    }
  }
}

}  // namespace
}  // namespace loadrun::plan
