#include "plan/executor.h"

#include <array>
#include <utility>

namespace loadrun::plan {

std::string_view executor_name(const Executor& executor) {
  // In the order of the variant.
  static constexpr std::array<std::string_view, std::variant_size_v<Executor>> kNames{
      "constant-vus",          "ramping-vus",          "shared-iterations",     "per-vu-iterations",
      "constant-arrival-rate", "ramping-arrival-rate", "externally-controlled", "capacity"};
  return kNames[executor.index()];
}

const Stampede* stampede_of(const Executor& executor) {
  if (const auto* shared = std::get_if<SharedIterations>(&executor)) return &shared->stampede;
  if (const auto* per_vu = std::get_if<PerVuIterations>(&executor)) return &per_vu->stampede;
  return nullptr;
}

Stampede* stampede_of(Executor& executor) {
  return const_cast<Stampede*>(stampede_of(std::as_const(executor)));
}

bool is_open(const Executor& executor) {
  return std::holds_alternative<ConstantArrivalRate>(executor) ||
         std::holds_alternative<RampingArrivalRate>(executor) ||
         std::holds_alternative<Capacity>(executor);
}

}  // namespace loadrun::plan
