#include "plan/capacity_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace loadrun::plan {
namespace {

// Of the way of an order to the workers, and of what they measured back.
constexpr Nanoseconds kBetween = 500ms;

std::int64_t scaled(std::int64_t rate, double by) {
  return static_cast<std::int64_t>(std::llround(static_cast<double>(rate) * by));
}

double ratio(std::int64_t high, std::int64_t low) {
  return static_cast<double>(high) / static_cast<double>(low);
}

}  // namespace

std::string_view to_string(ProbeKind kind) {
  static constexpr std::array<std::string_view, 5> kNames{"raise", "lower", "bisect", "recheck",
                                                          "hold"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<std::int64_t> CapacitySearch::broken() const {
  for (const auto& [rate, held] : rates_) {
    if (!held) return rate;
  }
  return std::nullopt;
}

std::optional<std::int64_t> CapacitySearch::held() const {
  if (confirmed_) return confirmed_;
  std::optional<std::int64_t> highest;
  for (const auto& [rate, held] : rates_) {
    if (!held) break;
    highest = rate;
  }
  return highest;
}

bool CapacitySearch::is_narrow() const {
  const auto low = held();
  const auto high = broken();
  if (!high) return low == most_;
  return low && (*high - *low <= 1 || ratio(*high, *low) <= kPrecision);
}

std::int64_t CapacitySearch::step_down(std::int64_t rate) const {
  return std::max<std::int64_t>(std::min(rate - 1, scaled(rate, 1 / kPrecision)), 1);
}

std::optional<ProbeOrder> CapacitySearch::next() const {
  if (confirmed_ || holds_ >= kHolds) return std::nullopt;
  if (next_hold_) return ProbeOrder{ProbeKind::kHold, *next_hold_};
  const bool starts_too_high = broken() && !held();
  if (starts_too_high && (lowerings_ >= kLowerings || *broken() == 1)) return std::nullopt;
  return search();
}

ProbeOrder CapacitySearch::search() const {
  const auto low = held();
  const auto high = broken();
  if (is_narrow()) {
    if (high && !rechecked_ && rechecks_ < kRechecks) return {ProbeKind::kRecheck, *high};
    return {ProbeKind::kHold, *low};
  }
  if (!high) {
    if (!low) return {ProbeKind::kRaise, start_};
    const double up = std::ceil(static_cast<double>(*low) * factor_);
    if (up >= static_cast<double>(most_)) return {ProbeKind::kRaise, most_};
    return {ProbeKind::kRaise, std::max(*low + 1, static_cast<std::int64_t>(up))};
  }
  if (!low) {
    return {ProbeKind::kLower, std::clamp<std::int64_t>(scaled(*high, 1 / factor_), 1, *high - 1)};
  }
  const double middle = std::sqrt(static_cast<double>(*low) * static_cast<double>(*high));
  return {ProbeKind::kBisect, std::clamp<std::int64_t>(std::llround(middle), *low + 1, *high - 1)};
}

void CapacitySearch::take(bool held) {
  const auto order = next();
  LOADRUN_CHECK(order.has_value());
  rates_[order->rate] = held;
  next_hold_.reset();
  if (order->kind == ProbeKind::kLower) ++lowerings_;
  if (order->kind == ProbeKind::kRecheck) {
    ++rechecks_;
    rechecked_ = !held;
  }
  if (order->kind != ProbeKind::kHold) return;
  ++holds_;
  if (held) confirmed_ = order->rate;
  if (!held && order->rate > 1) next_hold_ = step_down(order->rate);
  if (!held && order->rate == 1) holds_ = kHolds;
}

Nanoseconds longest_probe(const Capacity& executor, ProbeKind kind) {
  return kind == ProbeKind::kHold ? 2 * executor.step_duration : executor.step_duration;
}

/// Every probe takes its longest, and all but those that raise are followed by a queue to drain for
/// as long again.
Nanoseconds longest_search(const Capacity& executor) {
  const double raises =
      std::ceil(std::log(ratio(executor.max_rate, executor.start)) / std::log(executor.factor)) + 2;
  const double halvings = std::log(executor.factor) / std::log(CapacitySearch::kPrecision);
  const double bisections =
      (1 + CapacitySearch::kRechecks) * (std::ceil(std::log2(std::max(halvings, 1.0))) + 1);
  const double others = CapacitySearch::kLowerings + CapacitySearch::kRechecks + bisections;
  const double holds = CapacitySearch::kHolds;
  const double step = to_seconds(executor.step_duration);
  const double between = to_seconds(kBetween);
  const double seconds = raises * (step + between) + (others + 1) * (2 * step + between) +
                         holds * (3 * step + between);
  constexpr double kMost = 291.0 * 365 * 24 * 3600;  // refused as too long, and fits 64 bits
  return std::chrono::ceil<std::chrono::seconds>(
      std::chrono::duration<double>(std::min(seconds, kMost)));
}

}  // namespace loadrun::plan
