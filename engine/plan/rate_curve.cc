#include "plan/rate_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace loadrun::plan {
namespace {

// REQUIRES: divisor > 0.
Wide divided_up(Wide value, Wide divisor) {
  return value / divisor + (value % divisor > 0 ? 1 : 0);
}

}  // namespace

RateCurve::RateCurve(const Executor& executor) {
  LOADRUN_CHECK(is_open(executor));
  if (const auto* constant = std::get_if<ConstantArrivalRate>(&executor)) {
    time_unit_ = constant->time_unit;
    begins_with_arrival_ = true;
    add({constant->duration, constant->rate}, constant->rate);
    return;
  }
  if (std::holds_alternative<Capacity>(executor)) return;
  const auto& ramping = std::get<RampingArrivalRate>(executor);
  time_unit_ = ramping.time_unit;
  std::int64_t rate = ramping.start_rate;
  for (const Stage& stage : ramping.stages) {
    add(stage, rate);
    rate = stage.target;
  }
}

void RateCurve::add(const Stage& stage, std::int64_t from) {
  const Piece piece{end_, stage.duration, from, stage.target, area_};
  if (piece.area() > 0) pieces_.push_back(piece);
  area_ += piece.area();
  end_ += stage.duration;
}

// The area up to x is 2 * from * x + (to - from) * x^2 / duration. The square is divided before it
// is multiplied, which keeps every product below 128 bits, and the remainder is not lost.
bool RateCurve::Piece::is_within(std::int64_t at, Wide limit) const {
  const Wide square = Wide{at} * at;
  const Wide length = duration.count();
  const Wide slope = Wide{to} - from;
  const Wide area_to = Wide{from} * 2 * at + slope * (square / length) +
                       divided_up(slope * (square % length), length);
  return area_to <= limit;
}

// The root in floating point is the first guess, from which it is not far to the exact one.
std::int64_t RateCurve::Piece::last_within(Wide limit) const {
  if (from == to) return static_cast<std::int64_t>(limit / (Wide{from} * 2));
  const double length = static_cast<double>(duration.count());
  const double start_rate = static_cast<double>(from);
  const double slope = static_cast<double>(to - from) / length;
  const double area_to = static_cast<double>(limit);
  const double root = std::sqrt(std::max(start_rate * start_rate + slope * area_to, 0.0));
  const double guess = limit > 0 ? area_to / (start_rate + root) : 0.0;
  std::int64_t at = guess < length ? static_cast<std::int64_t>(guess) : duration.count();
  std::int64_t step = 1;
  for (; !is_within(at, limit); step *= 2) at = std::max<std::int64_t>(at - step, 0);
  const auto advance = [&] {
    const bool can = step <= duration.count() - at && is_within(at + step, limit);
    if (can) at += step;
    return can;
  };
  while (advance()) step *= 2;
  for (; step > 0; step /= 2) advance();
  return at;
}

std::optional<Nanoseconds> RateCurve::instant(Count count) const {
  const Wide doubled = Wide{time_unit_.count()} * 2;
  const Wide area = doubled * (count / kUnit) + doubled * (count % kUnit) / kUnit;
  if (area > area_ || pieces_.empty()) return std::nullopt;
  const auto piece = std::partition_point(pieces_.begin(), pieces_.end(), [&](const Piece& p) {
    return p.area_before + p.area() < area;
  });
  return piece->start + Nanoseconds(piece->last_within(area - piece->area_before));
}

std::int64_t RateCurve::even_arrivals() const {
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  const Wide doubled = Wide{time_unit_.count()} * 2;
  const Wide count = begins_with_arrival_ ? divided_up(area_, doubled) : area_ / doubled;
  return static_cast<std::int64_t>(std::min(count, kMost));
}

std::optional<Nanoseconds> RateCurve::even_instant(std::int64_t k) const {
  if (k >= even_arrivals()) return std::nullopt;
  return instant((begins_with_arrival_ ? Count{k} : Count{k} + 1) * kUnit);
}

}  // namespace loadrun::plan
