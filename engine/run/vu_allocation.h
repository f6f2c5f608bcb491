#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"
#include "plan/schedule.h"

namespace loadrun::run {

/// The most VUs that `worker`'s slices of all scenarios reserve at once: scenarios that do not
/// overlap in time share them.
std::int64_t vus_needed(const plan::Plan& plan, const std::vector<plan::Striping>& stripings,
                        std::uint32_t worker);

/// The most VUs that `worker` may come to have: the same, with maxVUs of the open scenarios. A
/// scenario that ends when another starts leaves its VUs to that one.
std::int64_t vus_at_most(const plan::Plan& plan, const std::vector<plan::Striping>& stripings,
                         std::uint32_t worker);

/// The id of a worker's i-th VU (0-based) among `workers`: VU n of the instance lives on worker (n
/// - 1) mod workers.
constexpr std::uint64_t vu_id(std::uint64_t i, std::uint32_t worker, std::uint32_t workers) {
  return i * workers + worker + 1;
}

}  // namespace loadrun::run
