#include "metrics/verdict.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "metrics/verdict_rules.h"
#include "support/catch.h"

namespace loadrun::metrics {
namespace {

constexpr std::int64_t kRunSeconds = 600;

Health quiet() {
  Health health;
  health.seconds = kRunSeconds;
  health.file_limit = 1000;
  health.port_limit = 1000;
  health.intended = 30'000;
  return health;
}

/// What fills in a figure.
using Put = std::function<void(Health&, double)>;

Put in_worker(std::function<void(WorkerSecond&, double)> put) {
  return [put](Health& health, double value) {
    WorkerSecond second{.worker = 1, .second = 12};
    put(second, value);
    health.workers.push_back(second);
  };
}

Put in_machine(std::function<void(MachineSecond&, double)> put) {
  return [put](Health& health, double value) {
    MachineSecond second{.second = 12};
    put(second, value);
    health.machine.push_back(second);
  };
}

/// The same in `count` seconds.
Put times(int count, std::function<void(WorkerSecond&, double)> put) {
  return [=](Health& health, double value) {
    for (int i = 0; i < count; ++i) {
      WorkerSecond second{.worker = 1, .second = 12 + i};
      put(second, value);
      health.workers.push_back(second);
    }
  };
}

Nanoseconds ms(double value) { return Nanoseconds(std::llround(value * 1e6)); }
std::uint64_t whole(double value) { return static_cast<std::uint64_t>(value); }

/// A rule with figures that do not reach its threshold, and ones that do.
struct Row {
  const char* rule;
  double below;
  double reached;
  Put put;
};

std::vector<Row> worker_rows() {
  return {
      {"stalled", 1000, 1000.1, in_worker([](auto& s, double v) { s.longest_turn = ms(v); })},
      {"stalled", 1000, 1001, in_worker([](auto& s, double v) { s.timer_lateness = ms(v); })},
      {"overloaded_drops", 0, 1, in_worker([](auto& s, double v) {
         s.busy = 0.951;
         s.dropped = static_cast<std::int64_t>(v);
       })},
      {"overloaded_drops", 0.95, 0.951, in_worker([](auto& s, double v) {
         s.busy = v;
         s.dropped = 7;
       })},
      {"overloaded_late", 49.9, 50,
       times(3,
             [](auto& s, double v) {
               s.busy = 0.96;
               s.iteration_lag = ms(v);
             })},
      {"overloaded_late", 49.9, 50,
       times(3,
             [](auto& s, double v) {
               s.busy = 0.96;
               s.timer_lateness = ms(v);
             })},
      {"overloaded_late", 0.95, 0.96,
       times(3,
             [](auto& s, double v) {
               s.busy = v;
               s.iteration_lag = 1s;
             })},
      {"busy", 0.9, 0.91, times(3, [](auto& s, double v) { s.busy = v; })},
      {"slow_script", 99.9, 100, in_worker([](auto& s, double v) { s.longest_slice = ms(v); })},
      {"slow_turns", 99.9, 100, in_worker([](auto& s, double v) { s.longest_turn = ms(v); })},
      {"late_timers", 49.9, 50, in_worker([](auto& s, double v) { s.timer_lateness = ms(v); })},
      {"late_timers", 49.9, 50, in_worker([](auto& s, double v) {
         s.busy = 0.96;
         s.iteration_lag = ms(v);
       })},
  };
}

std::vector<Row> machine_rows() {
  return {
      {"clock_step", 499, 500, in_machine([](auto& s, double v) { s.clock_step = ms(v); })},
      {"clock_step", -499, -500, in_machine([](auto& s, double v) { s.clock_step = ms(v); })},
      {"files_exhausted", 989, 990, in_machine([](auto& s, double v) { s.open_files = whole(v); })},
      {"files", 899, 900, in_machine([](auto& s, double v) { s.open_files = whole(v); })},
      {"ports", 899, 900, in_machine([](auto& s, double v) { s.used_ports = whole(v); })},
      {"steal", 0.099, 0.1, in_machine([](auto& s, double v) { s.steal = v; })},
      {"throttled", 0.049, 0.05, in_machine([](auto& s, double v) { s.throttled = v; })},
      {"retransmits", 9, 10, in_machine([](auto& s, double v) {
         s.segments_out = 1000;
         s.retransmits = whole(v);
       })},
      {"retransmits", 99, 100, in_machine([](auto& s, double v) {
         s.segments_out = whole(v);
         s.retransmits = 10;
       })},
      {"listen_drops", 0, 1, in_machine([](auto& s, double v) { s.listen_drops = whole(v); })},
  };
}

std::vector<Row> run_rows() {
  return {
      {"unbalanced", 0, 1, [](auto& h, double v) { h.imbalances = static_cast<std::uint32_t>(v); }},
      {"lost_worker", 0, 1,
       [](auto& h, double v) { h.lost_workers = static_cast<std::uint32_t>(v); }},
      {"dropped", 0, 1, [](auto& h, double v) { h.dropped = static_cast<std::int64_t>(v); }},
      {"unscheduled", 0, 1,
       [](auto& h, double v) { h.unscheduled = static_cast<std::int64_t>(v); }},
  };
}

std::vector<Row> all_rows() {
  std::vector<Row> rows = worker_rows();
  for (const Row& row : machine_rows()) rows.push_back(row);
  for (const Row& row : run_rows()) rows.push_back(row);
  return rows;
}

const VerdictReason* reason(const Verdict& verdict, std::string_view rule) {
  const auto found = std::ranges::find(verdict.reasons, rule, &VerdictReason::rule);
  return found == verdict.reasons.end() ? nullptr : &*found;
}

const VerdictRule& rule_of(std::string_view name) {
  return *std::ranges::find(verdict_rules(), name, &VerdictRule::name);
}

std::vector<std::string> rules_of(const Verdict& verdict) {
  std::vector<std::string> rules;
  for (const VerdictReason& one : verdict.reasons) rules.push_back(one.rule);
  return rules;
}

std::string text_of(const Health& health) {
  const Verdict verdict = judge(health);
  REQUIRE_FALSE(verdict.reasons.empty());
  return verdict.reasons.front().text;
}

}  // namespace

TEST_CASE("each rule applies from its threshold on, and not below") {
  for (const Row& row : all_rows()) {
    INFO(row.rule << " " << row.below << " " << row.reached);
    Health below = quiet();
    row.put(below, row.below);
    CHECK(reason(judge(below), row.rule) == nullptr);
    Health reached = quiet();
    row.put(reached, row.reached);
    const Verdict verdict = judge(reached);
    const VerdictReason* const found = reason(verdict, row.rule);
    REQUIRE(found != nullptr);
    CHECK(found->validity == rule_of(row.rule).validity);
    CHECK(verdict.validity >= found->validity);
    CHECK_FALSE(found->text.empty());
    CHECK(found->advice == rule_of(row.rule).advice);
  }
}

TEST_CASE("every rule has rows, and a name of its own") {
  std::set<std::string_view> tested;
  for (const Row& row : all_rows()) tested.insert(row.rule);
  std::set<std::string_view> rules;
  for (const VerdictRule& rule : verdict_rules()) CHECK(rules.insert(rule.name).second);
  CHECK(tested == rules);
}

TEST_CASE("rules that make a run worse come first, and so do reasons") {
  CHECK(std::ranges::is_sorted(verdict_rules(), std::greater<>(), &VerdictRule::validity));
  Health health = quiet();
  for (const Row& row : all_rows()) row.put(health, row.reached);
  std::ranges::stable_sort(health.workers, {}, &WorkerSecond::second);
  const Verdict verdict = judge(health);
  CHECK(verdict.validity == Validity::kInvalid);
  CHECK(std::ranges::is_sorted(verdict.reasons, std::greater<>(), &VerdictReason::validity));
}

TEST_CASE("a run without figures, or with quiet ones, is valid") {
  for (const Health& health : {Health{}, quiet()}) {
    const Verdict verdict = judge(health);
    CHECK(verdict.validity == Validity::kValid);
    CHECK(verdict.reasons.empty());
  }
  Health health = quiet();
  health.workers.push_back({.busy = 0.5, .longest_turn = 3ms});
  health.machine.push_back({.rss = 1});
  CHECK(judge(health).reasons.empty());
}

TEST_CASE("figures that a machine does not tell give no reason") {
  Health health;  // no limits
  health.machine.push_back({.open_files = 5000, .used_ports = 5000, .retransmits = 40});
  health.machine.push_back({.second = 1, .segments_out = 0, .retransmits = 40});
  health.file_limit = std::nullopt;
  CHECK(judge(health).reasons.empty());
  health.file_limit = 0;
  CHECK(judge(health).reasons.empty());
}

TEST_CASE("the verdict is its worst reason") {
  Health health = quiet();
  health.machine.push_back({.second = 3, .steal = 0.5});
  CHECK(judge(health).validity == Validity::kDegraded);
  health.dropped = 5;
  CHECK(judge(health).validity == Validity::kIncomplete);
  health.machine.push_back({.second = 4, .clock_step = -2s});
  CHECK(judge(health).validity == Validity::kInvalid);
  CHECK(rules_of(judge(health)) == std::vector<std::string>{"clock_step", "dropped", "steal"});
}

TEST_CASE("one late second of a long run degrades it; three, or a tenth of it, make it invalid") {
  const auto late = [](int count, std::int64_t run) {
    Health health = quiet();
    health.seconds = run;
    for (int i = 0; i < count; ++i) {
      health.workers.push_back({.worker = 0, .second = 2 * i, .busy = 1, .timer_lateness = 80ms});
    }
    return judge(health).validity;
  };
  CHECK(late(1, 11) == Validity::kDegraded);
  CHECK(late(2, 600) == Validity::kDegraded);
  CHECK(late(3, 600) == Validity::kInvalid);
  CHECK(late(1, 10) == Validity::kInvalid);
  CHECK(late(1, 0) == Validity::kDegraded);  // too short to tell
}

TEST_CASE("the seconds of several workers count once") {
  Health health = quiet();
  for (const std::uint32_t worker : {0U, 1U, 2U}) {
    health.workers.push_back({.worker = worker, .second = 5, .busy = 1});
  }
  CHECK(judge(health).reasons.empty());
}

TEST_CASE("neighbouring seconds of a worker are one span") {
  Health health = quiet();
  for (std::int64_t second = 12; second < 20; ++second) {
    health.workers.push_back({.worker = 0, .second = second, .busy = 0.2});
    health.workers.push_back(
        {.worker = 1, .second = second, .busy = 0.97, .longest_turn = second == 14 ? 14ms : 3ms});
  }
  const Verdict verdict = judge(health);
  REQUIRE(verdict.reasons.size() == 1);
  const VerdictReason& busy = verdict.reasons.front();
  CHECK(busy.text ==
        "worker 1 was busy 97 % of the time between 00:12 and 00:20; latencies there include up to "
        "14 ms of our own delay");
  CHECK(busy.worker == 1U);
  CHECK(busy.first_second == 12);
  CHECK(busy.last_second == 19);
}

TEST_CASE("of many spans the worst is named and the others are counted") {
  Health health = quiet();
  for (const std::int64_t second : {1, 3, 5, 6, 9}) {
    health.workers.push_back({.worker = 0, .second = second, .busy = 0.92});
  }
  CHECK(text_of(health) ==
        "worker 0 was busy 92 % of the time between 00:05 and 00:07 (and in 3 other spans)");
  health.workers.push_back({.worker = 2, .second = 9, .busy = 0.95});
  CHECK(text_of(health) ==
        "worker 0 was busy 92 % of the time between 00:05 and 00:07 (and in 4 other spans, on 2 "
        "workers in all)");
  CHECK(judge(health).reasons.size() == 1);
}

TEST_CASE("what is wrong is said in words, with figures and times") {
  const auto of_worker = [](const WorkerSecond& second) {
    Health health = quiet();
    health.workers.push_back(second);
    return text_of(health);
  };
  CHECK(of_worker({.worker = 1, .second = 65, .timer_lateness = 1'480ms}) ==
        "worker 1 stood still for 1.5 s at 01:05; all that it was to do meanwhile came late");
  CHECK(of_worker({.second = 3'700, .longest_slice = 312ms, .slice_place = "shop.lua:12"}) ==
        "the script computed for 312 ms without waiting at 61:40, up to shop.lua:12; all else on "
        "worker 0 waited");
  CHECK(of_worker({.second = 9, .busy = 0.98, .dropped = 412}) ==
        "worker 0 was busy 98 % of the time between 00:09 and 00:10 and dropped 412 arrivals, "
        "which the percentiles lack");
}

TEST_CASE("how many arrivals the percentiles lack") {
  Health health = quiet();
  health.dropped = 412;
  CHECK(text_of(health) ==
        "412 of 30000 arrivals (1.4 %) found no free VU and never started, while the workers had "
        "time; the percentiles lack them");
  health.dropped = 0;
  health.unscheduled = 3;
  CHECK(text_of(health) ==
        "3 of 30000 arrivals (0.0 %) still waited for a VU when their scenario ended; the "
        "percentiles lack them");
  health.intended = 0;
  health.unscheduled = 1;
  CHECK(text_of(health).starts_with("1 arrival still waited"));
}

TEST_CASE("drops of an overloaded worker are the generator's, not the VUs'") {
  Health health = quiet();
  health.dropped = 10;
  health.workers.push_back({.busy = 0.99, .dropped = 10});
  CHECK(rules_of(judge(health)) == std::vector<std::string>{"overloaded_drops"});
  health.dropped = 11;
  CHECK(rules_of(judge(health)) == std::vector<std::string>{"overloaded_drops", "dropped"});
}

TEST_CASE("an iteration that waited for a VU is not late by the generator's fault") {
  Health health = quiet();
  for (std::int64_t second = 0; second < 20; ++second) {
    health.workers.push_back({.second = second, .busy = 0.4, .iteration_lag = 2s});
  }
  CHECK(judge(health).reasons.empty());
}

TEST_CASE("what a worse reason says is not said again") {
  Health health = quiet();
  SECTION("overload") {
    for (std::int64_t second = 0; second < 20; ++second) {
      health.workers.push_back({.second = second, .busy = 1, .timer_lateness = 90ms});
    }
    CHECK(rules_of(judge(health)) == std::vector<std::string>{"overloaded_late"});
  }
  SECTION("a stall") {
    health.workers.push_back({.longest_turn = 1'500ms, .timer_lateness = 1'400ms});
    CHECK(rules_of(judge(health)) == std::vector<std::string>{"stalled"});
  }
  SECTION("a slow script") {
    health.workers.push_back({.longest_turn = 310ms,
                              .timer_lateness = 280ms,
                              .longest_slice = 300ms,
                              .slice_place = "a.lua:1"});
    CHECK(rules_of(judge(health)) == std::vector<std::string>{"slow_script"});
  }
  SECTION("a slow script in a turn that is slow without it, too") {
    health.workers.push_back(
        {.longest_turn = 700ms, .longest_slice = 300ms, .slice_place = "a.lua:1"});
    CHECK(rules_of(judge(health)) == std::vector<std::string>{"slow_script", "slow_turns"});
  }
}

TEST_CASE("the states have names") {
  CHECK(name_of(Validity::kValid) == "VALID");
  CHECK(name_of(Validity::kDegraded) == "DEGRADED");
  CHECK(name_of(Validity::kIncomplete) == "INCOMPLETE");
  CHECK(name_of(Validity::kInvalid) == "INVALID");
}

}  // namespace loadrun::metrics
