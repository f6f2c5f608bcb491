#include "plan/arrivals.h"

#include <cmath>
#include <limits>

#include "plan/schedule.h"

namespace loadrun::plan {
namespace {

// The number of an iteration that there never is: its random stream is the arrivals'.
constexpr std::uint64_t kArrivalStream = std::numeric_limits<std::uint64_t>::max();

ArrivalProcess process_of(const Executor& executor) {
  if (const auto* constant = std::get_if<ConstantArrivalRate>(&executor)) return constant->arrival;
  return std::get<RampingArrivalRate>(executor).arrival;
}

RateCurve::Count exponential_gap(CounterRandom& random) {
  const double gap = -std::log1p(-random.next_double());
  return static_cast<RateCurve::Count>(gap * static_cast<double>(RateCurve::kUnit));
}

}  // namespace

Arrivals::Arrivals(const Scenario& scenario, const ArrivalSlice& slice)
    : curve_(scenario.executor),
      stripes_(iteration_stripes(scenario)),
      striping_(slice.striping),
      worker_(slice.worker),
      process_(process_of(scenario.executor)),
      owns_any_(!stripes_.positions.empty() && striping_.share(striping_.workers, worker_) > 0),
      random_(CounterRandom::for_iteration(slice.seed, slice.scenario, kArrivalStream)) {}

std::optional<Arrival> Arrivals::next() {
  if (!owns_any_) return std::nullopt;
  const std::int64_t in_instance = striping_.global_index(next_, worker_);
  const std::int64_t in_test = stripes_.global_index(in_instance);
  const auto at =
      process_ == ArrivalProcess::kEven ? curve_.even_instant(in_test) : poisson_instant(in_test);
  if (!at) return std::nullopt;
  ++next_;
  return Arrival{in_test, in_instance, *at};
}

std::optional<Nanoseconds> Arrivals::poisson_instant(std::int64_t k) {
  for (; drawn_ <= k; ++drawn_) sum_ += exponential_gap(random_);
  return curve_.instant(sum_);
}

std::int64_t even_arrivals(const Scenario& scenario) {
  return iteration_stripes(scenario).share(RateCurve(scenario.executor).even_arrivals());
}

}  // namespace loadrun::plan
