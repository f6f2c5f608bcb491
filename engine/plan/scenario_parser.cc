#include "plan/scenario_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plan/executor_parser.h"
#include "plan/schedule.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

void check_name(const std::string& name, ObjectReader& fields) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_name_character)) return;
  fields.diagnostics().error(
      fields.place(),
      fmt::format("\"{}\" is not a scenario's name (expected letters, digits, '_' and '-')", name));
}

// Only `options.browser` exists.
void check_scenario_options(ObjectReader& fields) {
  const json* options = fields.object("options");
  if (options == nullptr) return;
  ObjectReader inner(*options, fields.place("options"), fields.diagnostics());
  if (inner.object("browser") != nullptr) {
    fields.diagnostics().warning(
        inner.place("browser"),
        "browsers are not supported by this version of loadrun; it has no effect");
  }
  for (const std::string& key : inner.unread()) {
    inner.error(key, "there is no such option of a scenario (expected browser)");
  }
}

// Schedules add up these durations, whose sum has to fit into 64 bits of nanoseconds.
void check_total_length(const Scenario& scenario, ObjectReader& fields) {
  const auto seconds = [](Nanoseconds d) { return to_seconds(d); };
  double total = seconds(scenario.start_time) + seconds(scenario.graceful_stop) +
                 seconds(preparation(scenario));
  const auto add_stages = [&](const std::vector<Stage>& stages) {
    for (const Stage& stage : stages) total += seconds(stage.duration);
  };
  if (const auto* ramp = std::get_if<RampingVus>(&scenario.executor)) {
    add_stages(ramp->stages);
    total += seconds(ramp->graceful_ramp_down);
  } else if (const auto* rates = std::get_if<RampingArrivalRate>(&scenario.executor)) {
    add_stages(rates->stages);
  } else {
    total += seconds(regular_duration(scenario));
  }
  constexpr double kLimit = 290.0 * 365 * 24 * 3600;
  if (total < kLimit) return;
  fields.diagnostics().error(fields.place(),
                             "the scenario is too long (expected at most 290 years)");
}

// k6: one that is controlled from outside has none, its end interrupts.
Nanoseconds read_graceful_stop(const Executor& executor, ObjectReader& fields) {
  if (!std::holds_alternative<ExternallyControlled>(executor)) {
    return fields.duration("gracefulStop", 0ns).value_or(30s);
  }
  if (fields.has("gracefulStop")) {
    fields.error("gracefulStop",
                 fmt::format("is not supported by the executor {}", executor_name(executor)));
  }
  return 0ns;
}

/// Only VUs that loop have a pace: where a rate says when iterations start, it is the rate.
Nanoseconds read_pacing(const Executor& executor, ObjectReader& fields) {
  const Nanoseconds pacing = fields.duration("pacing", 0ns).value_or(0ns);
  if (fields.has("pacing") && is_open(executor)) {
    fields.error("pacing",
                 fmt::format("is not supported by the executor {}, whose iterations start by "
                             "rate (expected with constant-vus, ramping-vus, "
                             "shared-iterations, per-vu-iterations or externally-controlled)",
                             executor_name(executor)));
  }
  return pacing;
}

metrics::Tags to_tags(std::map<std::string, std::string> tags) {
  return {std::make_move_iterator(tags.begin()), std::make_move_iterator(tags.end())};
}

}  // namespace

std::optional<Scenario> parse_scenario(const std::string& name, ObjectReader& fields) {
  check_name(name, fields);
  auto executor = parse_executor(fields);
  if (!executor) return std::nullopt;
  Scenario scenario;
  scenario.name = name;
  scenario.executor = std::move(*executor);
  scenario.start_time = fields.duration("startTime", 0ns).value_or(0ns);
  scenario.graceful_stop = read_graceful_stop(scenario.executor, fields);
  scenario.pacing = read_pacing(scenario.executor, fields);
  scenario.exec = fields.text("exec").value_or("default");
  if (scenario.exec.empty()) fields.error("exec", "is empty (expected the name of a function)");
  if (auto env = fields.text_map("env")) scenario.env = std::move(*env);
  if (auto tags = fields.text_map("tags")) scenario.tags = to_tags(std::move(*tags));
  check_scenario_options(fields);
  for (const std::string& key : fields.unread()) {
    fields.error(key, fmt::format("the executor {} has no such field{}",
                                  executor_name(scenario.executor), fields.suggestion_for(key)));
  }
  check_total_length(scenario, fields);
  return scenario;
}

std::vector<Scenario> parse_scenarios(const json& scenarios, const Place& place,
                                      Diagnostics& diagnostics) {
  std::vector<Scenario> parsed;
  // nlohmann's objects are sorted by key.
  for (const auto& [name, value] : scenarios.items()) {
    const Place here = place.field(name);
    if (!value.is_object()) {
      diagnostics.error(here,
                        fmt::format("{} is not a scenario (expected an object)", shown(value)));
      continue;
    }
    ObjectReader fields(value, here, diagnostics);
    if (auto scenario = parse_scenario(name, fields)) parsed.push_back(std::move(*scenario));
  }
  return parsed;
}

}  // namespace loadrun::plan
