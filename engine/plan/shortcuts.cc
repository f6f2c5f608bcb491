#include "plan/shortcuts.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "plan/scenario_parser.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

constexpr std::string_view kOneIteration = "running one iteration in one VU";

}  // namespace

void ExecutionOptions::set(std::optional<Setting>& setting, std::string_view key,
                           ObjectReader& layer) {
  if (const json* value = layer.find(key)) setting = Setting{*value, layer.place(key), tier_};
}

void ExecutionOptions::merge(ObjectReader& layer) {
  ++tier_;
  // Only values of the right type count, or each mistake would be reported twice.
  const bool vus = layer.integer("vus").has_value();
  const bool duration = layer.duration("duration").has_value();
  const bool iterations = layer.integer("iterations").has_value();
  const bool stages = layer.list("stages").has_value();
  const bool scenarios = layer.object("scenarios") != nullptr;
  if (duration || iterations || stages || scenarios) {
    if (scenarios_ && !scenarios_->value.empty()) {
      layer.diagnostics().warning(fmt::format("the scenarios of {} are overridden by {}",
                                              scenarios_->place.layer, layer.place().layer));
    }
    duration_.reset();
    iterations_.reset();
    stages_.reset();
    scenarios_.reset();
  }
  if (vus) set(vus_, "vus", layer);
  if (duration) set(duration_, "duration", layer);
  if (iterations) set(iterations_, "iterations", layer);
  if (stages) set(stages_, "stages", layer);
  if (scenarios) set(scenarios_, "scenarios", layer);
}

bool ExecutionOptions::has_conflict(Diagnostics& diagnostics) const {
  const bool stages = stages_ && !stages_->value.empty();
  const auto conflict = [&](const Setting& a, const Setting& b) {
    diagnostics.error(
        Place{a.place.layer, ""},
        fmt::format("the options {} and {} cannot be used together", a.place.path, b.place.path));
    return true;
  };
  if (scenarios_) {
    if (iterations_) return conflict(*iterations_, *scenarios_);
    if (duration_) return conflict(*duration_, *scenarios_);
    if (stages) return conflict(*stages_, *scenarios_);
  }
  if (stages && iterations_) return conflict(*iterations_, *stages_);
  if (stages && duration_) return conflict(*duration_, *stages_);
  return false;
}

bool ExecutionOptions::uses_scenarios(Diagnostics& diagnostics) const {
  if (!scenarios_) return false;
  if (scenarios_->value.empty()) {
    diagnostics.warning(scenarios_->place, fmt::format("is empty; {}", kOneIteration));
    return false;
  }
  if (!vus_) return true;
  if (vus_->tier > scenarios_->tier) {
    diagnostics.warning(fmt::format("the scenarios of {} are overridden by {}",
                                    scenarios_->place.layer, vus_->place.text()));
    return false;
  }
  diagnostics.warning(vus_->place, "has no effect on scenarios, which set their own");
  return true;
}

Scenario ExecutionOptions::from_shortcuts(Diagnostics& diagnostics) const {
  json fields = json::object();
  std::map<std::string, Place> places;
  const auto use = [&](const std::optional<Setting>& setting, const std::string& key) {
    if (!setting) return;
    fields[key] = setting->value;
    places[key] = setting->place;
  };
  if (iterations_) {
    fields["executor"] = "shared-iterations";
    use(iterations_, "iterations");
    use(vus_, "vus");
    use(duration_, "maxDuration");
  } else if (duration_) {
    fields["executor"] = "constant-vus";
    use(duration_, "duration");
    use(vus_, "vus");
  } else if (stages_ && !stages_->value.empty()) {
    fields["executor"] = "ramping-vus";
    use(stages_, "stages");
    use(vus_, "startVUs");
  } else if (vus_) {
    fields["executor"] = "shared-iterations";
    use(vus_, "iterations");
    use(vus_, "vus");
  } else {
    fields["executor"] = "per-vu-iterations";
  }
  ObjectReader reader(fields, {"defaults", ""}, diagnostics);
  for (const auto& [key, place] : places) reader.relocate(key, place);
  return *parse_scenario("default", reader);
}

std::vector<Scenario> ExecutionOptions::scenarios(Diagnostics& diagnostics) const {
  if (has_conflict(diagnostics)) return {};
  if (uses_scenarios(diagnostics)) {
    return parse_scenarios(scenarios_->value, scenarios_->place, diagnostics);
  }
  if (stages_ && stages_->value.empty() && !iterations_ && !duration_) {
    diagnostics.warning(stages_->place, fmt::format("is empty; {}", kOneIteration));
  }
  return {from_shortcuts(diagnostics)};
}

}  // namespace loadrun::plan
