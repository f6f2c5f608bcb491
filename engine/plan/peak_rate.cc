#include "plan/peak_rate.h"

#include <algorithm>
#include <vector>

#include "plan/overloaded.h"
#include "plan/schedule.h"

namespace loadrun::plan {
namespace {

/// A rate that changes linearly, in iterations a second.
struct Piece {
  Nanoseconds start, end;
  double from, to;

  double at(Nanoseconds t) const {
    return from + (to - from) * (to_seconds(t - start) / to_seconds(end - start));
  }
};

std::vector<Piece> pieces_of(const ConstantArrivalRate& constant) {
  const double rate = static_cast<double>(constant.rate) / to_seconds(constant.time_unit);
  return {{0ns, constant.duration, rate, rate}};
}

std::vector<Piece> pieces_of(const RampingArrivalRate& ramping) {
  const double unit = to_seconds(ramping.time_unit);
  std::vector<Piece> pieces;
  Nanoseconds start{0};
  double from = static_cast<double>(ramping.start_rate) / unit;
  for (const Stage& stage : ramping.stages) {
    const double to = static_cast<double>(stage.target) / unit;
    if (stage.duration > 0ns) pieces.push_back({start, start + stage.duration, from, to});
    start += stage.duration;
    from = to;
  }
  return pieces;
}

/// Of the whole test, time since the scenario's start.
std::vector<Piece> pieces_of(const Executor& executor) {
  return std::visit(Overloaded{[](const ConstantArrivalRate& e) { return pieces_of(e); },
                               [](const RampingArrivalRate& e) { return pieces_of(e); },
                               [](const auto&) { return std::vector<Piece>(); }},
                    executor);
}

/// The part of a scenario's arrivals that are this instance's.
double own_share(const Scenario& scenario) {
  const Stripes stripes = iteration_stripes(scenario);
  return static_cast<double>(stripes.positions.size()) / static_cast<double>(stripes.period);
}

std::vector<Piece> own_pieces(const Plan& plan) {
  std::vector<Piece> all;
  for (const Scenario& scenario : plan.scenarios) {
    const double share = own_share(scenario);
    for (const Piece& piece : pieces_of(scenario.executor)) {
      all.push_back({scenario.start_time + piece.start, scenario.start_time + piece.end,
                     share * piece.from, share * piece.to});
    }
  }
  return all;
}

}  // namespace

// A sum of lines is highest where one of them begins or ends: just after it or just before.
double peak_arrival_rate(const Plan& plan) {
  const std::vector<Piece> pieces = own_pieces(plan);
  double peak = 0;
  for (const Piece& edge : pieces) {
    double at_start = 0;
    double at_end = 0;
    for (const Piece& piece : pieces) {
      if (piece.start <= edge.start && edge.start < piece.end) at_start += piece.at(edge.start);
      if (piece.start < edge.end && edge.end <= piece.end) at_end += piece.at(edge.end);
    }
    peak = std::max({peak, at_start, at_end});
  }
  return peak;
}

}  // namespace loadrun::plan
