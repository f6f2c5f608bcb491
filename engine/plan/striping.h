#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace loadrun::plan {

/// Assigns the elements of a scenario (VUs, iterations) to the workers of a process: they go round
/// `workers` of the process's `all_workers` workers, starting with number `offset`. A scenario with
/// fewer VUs than there are workers uses as many workers as it has VUs, so no worker owns an
/// element without owning a VU.
struct Striping {
  std::uint32_t workers = 1;  ///< Those that take part: min(all_workers, the scenario's max VUs).
  std::uint32_t offset = 0;   ///< The owner of element 0; less than all_workers.
  std::uint32_t all_workers = 1;  ///< Of the process.

  /// The worker that element k belongs to.
  std::uint32_t owner(std::int64_t k) const;
  /// How many of the elements 0 .. n-1 are `worker`'s.
  std::int64_t share(std::int64_t n, std::uint32_t worker) const;
  /// The instance-wide index of `worker`'s i-th element. REQUIRES: the worker takes part.
  std::int64_t global_index(std::int64_t i, std::uint32_t worker) const;

 private:
  std::uint32_t position(std::uint32_t worker) const;
};

/// One per scenario of `plan`, in its order. Offsets continue where the VUs of the scenario before
/// ended, so that small scenarios spread over the workers. REQUIRES: workers > 0.
std::vector<Striping> stripings(const Plan& plan, std::uint32_t workers);

}  // namespace loadrun::plan
