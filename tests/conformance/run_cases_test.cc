#include <cmath>
#include <map>

#include "conformance/cases.h"
#include "support/catch.h"
#include "unit/run/stage.h"

// What k6's tests of its executors see of a run, on a virtual clock.

namespace loadrun::test {
namespace {

using nlohmann::json;

/// A stage with the scenario of a case; `options` are its fields by name.
Stage stage_of(const char* executor, const json& input, const std::vector<std::string>& fields,
               const std::string& iteration) {
  json scenario = {{"executor", executor}};
  for (const std::string& field : fields) scenario[field] = input.at(field);
  return Stage(iteration, "\"it\":" + scenario.dump(), Stage::kAsPlanned);
}

std::string sleep_ms(const json& duration) { return "k6.sleep(" + duration.dump() + " / 1000) "; }

/// How often the iteration noted the value 1, of `total` that noted 1 or 0.
struct Noted {
  double ones = 0;
  std::uint64_t total = 0;
};

Noted noted(Stage& stage) {
  const auto measured = stage.measured().take("noted");
  const auto& trend = std::get<metrics::Trend>(measured.at(0).sink);
  return {std::round(trend.sum()), trend.count()};
}

TEST_CASE("a slow VU of per-vu-iterations does not hold up the others") {
  for (const Case& one : cases_of("plan.jsonl", "executor.per_vu_iterations.run")) {
    INFO(one.text());
    Stage stage = stage_of("per-vu-iterations", one.input, {"vus", "iterations", "maxDuration"},
                           "noted:add(__VU == 1 and 1 or 0) if __VU == 1 then " +
                               sleep_ms(one.input.at("vu1_sleep_ms")) + "end");
    stage.start();
    stage.begin();
    stage.advance(10s);
    CHECK(stage.finished == 1);
    const Noted seen = noted(stage);
    CHECK(seen.ones == one.expected.at("vu1_iterations"));
    CHECK(seen.total == one.expected.at("total"));
  }
}

TEST_CASE("iterations that per-vu-iterations did not get to are dropped") {
  for (const Case& one : cases_of("plan.jsonl", "executor.per_vu_iterations.dropped")) {
    INFO(one.text());
    Stage stage = stage_of("per-vu-iterations", one.input, {"vus", "iterations", "maxDuration"},
                           "k6.sleep(1000)");
    stage.start();
    stage.begin();
    stage.advance(40s);
    CHECK(stage.finished == 1);
    CHECK(stage.live().started == one.expected.at("started").get<std::int64_t>());
    CHECK(stage.sum("dropped_iterations") == one.expected.at("dropped_iterations"));
  }
}

TEST_CASE("a slow VU of shared-iterations leaves them to the others") {
  for (const Case& one : cases_of("plan.jsonl", "executor.shared_iterations.run")) {
    INFO(one.text());
    // k6's test picks the slow VU in that VU's first iteration and slows it down from then on.
    Stage stage =
        stage_of("shared-iterations", one.input, {"vus", "iterations", "maxDuration"},
                 "noted:add(__VU == 1 and 1 or 0) " + sleep_ms(one.input.at("iteration_sleep_ms")) +
                     "if __VU == 1 and __ITER > 0 then " +
                     sleep_ms(one.input.at("one_vu_extra_sleep_ms")) + "end");
    stage.start();
    stage.begin();
    stage.advance(6s);
    CHECK(stage.finished == 1);
    const Noted seen = noted(stage);
    CHECK(seen.ones == one.expected.at("slow_vu_iterations"));
    CHECK(seen.total == one.expected.at("total"));
  }
}

TEST_CASE("ramping-vus has k6's VUs at k6's times") {
  for (const Case& one : cases_of("plan.jsonl", "executor.ramping_vus.run")) {
    INFO(one.text());
    Stage stage = stage_of("ramping-vus", one.input,
                           {"startVUs", "stages", "gracefulStop", "gracefulRampDown"},
                           sleep_ms(one.input.at("iteration_sleep_ms")));
    stage.start();
    stage.begin();
    std::map<int, std::int64_t> active_vus;
    for (const auto& [at, vus] : one.expected.at("active_vus_at_ms").items()) {
      active_vus[std::stoi(at)] = vus;
    }
    int elapsed = 0;
    for (const auto& [at, vus] : active_vus) {
      stage.advance(std::chrono::milliseconds(at - elapsed));
      elapsed = at;
      CHECK(stage.live().active_vus == vus);
    }
    // k6's test sleeps where nothing can interrupt it: it counts all that started.
    CHECK(stage.live().started == one.expected.at("completed_iterations").get<std::int64_t>());
  }
}

}  // namespace
}  // namespace loadrun::test
