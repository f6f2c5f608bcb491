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
  if (const auto* ramping = std::get_if<RampingArrivalRate>(&executor)) return ramping->arrival;
  return ArrivalProcess::kEven;
}

RateCurve constant_curve(std::int64_t rate, Nanoseconds time_unit, Nanoseconds duration) {
  return RateCurve(ConstantArrivalRate{.rate = rate, .time_unit = time_unit, .duration = duration});
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
      random_(CounterRandom::for_iteration(slice.seed, slice.scenario, kArrivalStream)) {
  const auto* capacity = std::get_if<Capacity>(&scenario.executor);
  if (capacity == nullptr) return;
  time_unit_ = capacity->time_unit;
  longest_ = regular_duration(scenario);
}

std::optional<Arrival> Arrivals::next() {
  if (!owns_any_) return std::nullopt;
  auto arrival = next_of_curve();
  while (upcoming_ && (!arrival || arrival->at >= upcoming_->start)) {
    begin_piece();
    arrival = next_of_curve();
  }
  return arrival;
}

std::optional<Arrival> Arrivals::next_of_curve() {
  const std::int64_t in_instance = striping_.global_index(next_, worker_);
  const std::int64_t in_test = stripes_.global_index(in_instance);
  const auto at =
      process_ == ArrivalProcess::kEven ? curve_.even_instant(in_test) : poisson_instant(in_test);
  if (!at) return std::nullopt;
  ++next_;
  return Arrival{piece_.first + in_test, piece_.first + in_instance, piece_.start + *at,
                 piece_.probe, piece_.rate};
}

void Arrivals::begin_piece() {
  piece_ = *upcoming_;
  upcoming_.reset();
  curve_ = constant_curve(piece_.rate, time_unit_, longest_);
  next_ = 0;
}

std::optional<Nanoseconds> Arrivals::poisson_instant(std::int64_t k) {
  for (; drawn_ <= k; ++drawn_) sum_ += exponential_gap(random_);
  return curve_.instant(sum_);
}

std::int64_t arrivals_until(Nanoseconds end, const RatePiece& piece, Nanoseconds time_unit) {
  return constant_curve(piece.rate, time_unit, end - piece.start).even_arrivals();
}

std::int64_t even_arrivals(const Scenario& scenario) {
  return iteration_stripes(scenario).share(RateCurve(scenario.executor).even_arrivals());
}

}  // namespace loadrun::plan
