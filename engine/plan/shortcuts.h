#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "plan/object_reader.h"
#include "plan/plan.h"

namespace loadrun::plan {

/// The options that say what is run: `vus`, `duration`, `iterations`, `stages` and `scenarios`,
/// merged layer by layer.
class ExecutionOptions {
 public:
  /// Takes over what a layer of the next higher precedence sets. One of duration, iterations,
  /// stages and scenarios clears all four of the layers below.
  void merge(ObjectReader& layer);

  /// The scenarios: those of `scenarios`, or one named "default" from the shortcuts (k6-compatible:
  /// iterations -> shared-iterations, duration -> constant-vus, stages -> ramping-vus, vus alone ->
  /// one iteration for each, nothing -> one iteration). Reports conflicts and everything that is
  /// wrong with them.
  std::vector<Scenario> scenarios(Diagnostics& diagnostics) const;

 private:
  struct Setting {
    nlohmann::json value;
    Place place;
    std::size_t tier = 0;
  };

  void set(std::optional<Setting>& setting, std::string_view key, ObjectReader& layer);
  bool has_conflict(Diagnostics& diagnostics) const;
  bool uses_scenarios(Diagnostics& diagnostics) const;
  Scenario from_shortcuts(Diagnostics& diagnostics) const;

  std::optional<Setting> vus_;
  std::optional<Setting> duration_;
  std::optional<Setting> iterations_;
  std::optional<Setting> stages_;
  std::optional<Setting> scenarios_;
  std::size_t tier_ = 0;
};

}  // namespace loadrun::plan
