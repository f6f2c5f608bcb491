#include "run/scenario_activity.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "run/vu_engine.h"

namespace loadrun::run {
namespace {

using metrics::Builtin;

/// k6's tags of everything a scenario does: the run's, the scenario's name and its own.
metrics::TagSetId scenario_tags(metrics::TagTable& table, const plan::Plan& plan,
                                const plan::Scenario& scenario, bool tag_scenario) {
  metrics::TagSetId tags = table.intern(plan.tags);
  if (tag_scenario) tags = table.with(tags, "scenario", scenario.name);
  for (const auto& [key, value] : scenario.tags) tags = table.with(tags, key, value);
  return tags;
}

}  // namespace

ScenarioActivity::ScenarioActivity(VuEngine& engine, const plan::Plan& plan, std::size_t scenario,
                                   LiveCounters& live)
    : engine_(engine),
      plan_(plan),
      index_(scenario),
      scenario_(plan.scenarios[scenario]),
      live_(live),
      system_tags_(plan),
      tags_(scenario_tags(engine.tags(), plan, scenario_, system_tags_.scenario)),
      of_scenario_(iteration_series(tags_)) {}

metrics::SeriesId ScenarioActivity::series(Builtin metric, std::string_view group) {
  return series(metric, tags_, group);
}

metrics::SeriesId ScenarioActivity::series(Builtin metric, metrics::TagSetId tags,
                                           std::string_view group) {
  const bool tag_group = system_tags_.group || !group.empty();
  return engine_.shard().series(metrics::id_of(metric),
                                tag_group ? engine_.tags().with(tags, "group", group) : tags);
}

ScenarioActivity::IterationSeries ScenarioActivity::iteration_series(metrics::TagSetId tags) {
  return {.iterations = series(Builtin::kIterations, tags, ""),
          .duration = series(Builtin::kIterationDuration, tags, ""),
          .data_sent = series(Builtin::kDataSent, tags, ""),
          .data_received = series(Builtin::kDataReceived, tags, ""),
          .response = std::nullopt};
}

/// With the tags that the script has set for the VU, as in k6.
ScenarioActivity::IterationSeries& ScenarioActivity::series_of(const VirtualUser& vu) {
  const metrics::TagSetId tags = vu.script->base_tags();
  if (tags == tags_) return of_scenario_;
  const auto [place, is_new] = of_others_.try_emplace(tags.index);
  if (is_new) place->second = iteration_series(tags);
  return place->second;
}

void ScenarioActivity::activate(VirtualUser& vu) {
  vu.script->set_base_tags(tags_);
  vu.script->set_scenario_env(scenario_.env);
  vu.iterations_in_scenario = 0;
  vu.start_lag.reset();
  bump(live_.active_vus);
}

void ScenarioActivity::deactivate() { bump<std::int64_t>(live_.active_vus, -1); }

void ScenarioActivity::prepare(VirtualUser& vu, std::uint64_t random_key, CallListener listener) {
  vu.script->begin_iteration(
      {.scenario = index_, .random_key = random_key, .of_vu = vu.iterations});
  engine_.call(vu, plan::stampede_of(scenario_.executor)->prepare, script::Stage::kPrepare,
               listener);
}

void ScenarioActivity::end_preparation(VirtualUser& vu, bool ready) {
  const TimePoint now = engine_.now();
  engine_.record_bytes(vu, series(Builtin::kDataSent, metrics::kPreparationGroup),
                       series(Builtin::kDataReceived, metrics::kPreparationGroup), now);
  if (!ready) engine_.shard().record(series(Builtin::kLoadrunPrepareFailed), 1, now);
}

void ScenarioActivity::begin(VirtualUser& vu, script::Iteration iteration,
                             const IterationStart& start, CallListener listener) {
  iteration.scenario = index_;
  iteration.of_vu = vu.iterations++;
  iteration.of_vu_in_scenario = vu.iterations_in_scenario++;
  bump(live_.started);
  vu.start_lag.reset();
  if (start.intended) {
    if (!start_lag_) start_lag_ = series(Builtin::kIterationStartLag);
    vu.start_lag = start.at - *start.intended;
    engine_.health().began_late(*vu.start_lag);
    engine_.shard().set_metadata({});  // of no iteration yet
    engine_.shard().record(*start_lag_, to_milliseconds(*vu.start_lag), start.at);
  }
  vu.script->begin_iteration(iteration);
  engine_.call(vu, scenario_.exec, script::Stage::kIteration, listener);
}

bool ScenarioActivity::end(VirtualUser& vu, const IterationStart& start, TimePoint now,
                           bool failed) {
  if (failed) log_failure(vu);
  if (failed && engine_.interrupter().stop_requested()) {
    interrupt(vu);
    return false;
  }
  if (failed) count_failure(vu, now);
  bump(live_.completed);
  metrics::Shard& shard = engine_.shard();
  IterationSeries& of_vu = series_of(vu);
  shard.record(of_vu.iterations, 1, now);
  shard.record(of_vu.duration, to_milliseconds(now - start.at), now);
  if (start.intended) {
    if (!of_vu.response) {
      of_vu.response = series(Builtin::kIterationResponse, vu.script->base_tags(), "");
    }
    shard.record(*of_vu.response, to_milliseconds(now - *start.intended), now);
  }
  engine_.record_bytes(vu, of_vu.data_sent, of_vu.data_received, now);
  if (plan_.no_vu_connection_reuse) engine_.close_connections(vu);
  return true;
}

void ScenarioActivity::interrupt(VirtualUser& vu) {
  engine_.interrupt(vu);
  bump(live_.interrupted);
  const IterationSeries& series = series_of(vu);
  engine_.record_bytes(vu, series.data_sent, series.data_received, engine_.now());
}

void ScenarioActivity::drop(std::int64_t count) {
  if (count == 0) return;
  bump(live_.dropped, count);
  engine_.shard().set_metadata({});  // of no VU
  engine_.shard().record(series(Builtin::kDroppedIterations), static_cast<double>(count),
                         engine_.now());
}

void ScenarioActivity::refuse() {
  drop(1);
  engine_.health().dropped(1);
}

void ScenarioActivity::leave_waiting(std::int64_t count, Nanoseconds longest) {
  drop(count);
  bump(live_.unscheduled, count);
  live_.longest_wait.store(std::max(live_.longest_wait.load(std::memory_order_relaxed), longest),
                           std::memory_order_relaxed);
}

void ScenarioActivity::count_failure(const VirtualUser& vu, TimePoint now) {
  bump(live_.failed);
  metrics::Shard& shard = engine_.shard();
  shard.record(series(Builtin::kIterationsFailed, vu.script->base_tags(), ""), 1, now);
  metrics::RaisedExample* const first = shard.errors().iterations.add(vu.script->raised_error());
  if (first == nullptr) return;
  *first = {.at = now,
            .scenario = scenario_.name,
            .vu = vu.script->id(),
            .iteration = vu.script->iteration().of_vu};
}

void ScenarioActivity::log_failure(const VirtualUser& vu) const {
  const script::VuScript& script = *vu.script;
  const std::string place = script.stage() == script::Stage::kPrepare
                                ? std::string("preparation")
                                : fmt::format("iteration {}", script.iteration().of_vu);
  log_error("{}\n(VU {}, {}, scenario {})", script.explained_error(), script.id(), place,
            scenario_.name);
}

}  // namespace loadrun::run
