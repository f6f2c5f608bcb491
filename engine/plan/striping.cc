#include "plan/striping.h"

#include <algorithm>

#include "base/check.h"
#include "plan/schedule.h"

namespace loadrun::plan {

std::uint32_t Striping::owner(std::int64_t k) const {
  return static_cast<std::uint32_t>((k % workers + offset) % all_workers);
}

std::uint32_t Striping::position(std::uint32_t worker) const {
  return (worker + all_workers - offset) % all_workers;
}

std::int64_t Striping::share(std::int64_t n, std::uint32_t worker) const {
  const std::int64_t first = position(worker);
  if (first >= workers || first >= n) return 0;
  return (n - first - 1) / workers + 1;
}

std::int64_t Striping::global_index(std::int64_t i, std::uint32_t worker) const {
  const std::uint32_t first = position(worker);
  LOADRUN_CHECK(first < workers);
  return first + i * workers;
}

std::vector<Striping> stripings(const Plan& plan, std::uint32_t workers) {
  LOADRUN_CHECK(workers > 0);
  std::vector<Striping> all;
  std::int64_t vus_before = 0;
  for (const Scenario& scenario : plan.scenarios) {
    const std::int64_t vus = max_vus(scenario);
    const std::int64_t taking_part = std::clamp<std::int64_t>(vus, 1, workers);
    all.push_back({.workers = static_cast<std::uint32_t>(taking_part),
                   .offset = static_cast<std::uint32_t>(vus_before % workers),
                   .all_workers = workers});
    vus_before += vus;
  }
  return all;
}

}  // namespace loadrun::plan
