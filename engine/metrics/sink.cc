#include "metrics/sink.h"

#include <algorithm>

#include "base/check.h"

namespace loadrun::metrics {

namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// The sample that is shown as the last one: the later, and of one instant the larger.
bool is_later(const Gauge& a, const Gauge& b) {
  return a.last_at > b.last_at || (a.last_at == b.last_at && a.last > b.last);
}

void add_to(Gauge& gauge, double value, TimePoint at) {
  const bool first = gauge.samples == 0;
  gauge.min = first ? value : std::min(gauge.min, value);
  gauge.max = first ? value : std::max(gauge.max, value);
  ++gauge.samples;
  if (first || at >= gauge.last_at) {
    gauge.last = value;
    gauge.last_at = at;
  }
}

void merge_into(Gauge& into, const Gauge& from) {
  if (from.samples == 0) return;
  if (into.samples == 0) {
    into = from;
    return;
  }
  into.min = std::min(into.min, from.min);
  into.max = std::max(into.max, from.max);
  into.samples += from.samples;
  if (is_later(from, into)) {
    into.last = from.last;
    into.last_at = from.last_at;
  }
}

void merge_into(Counter& into, const Counter& from) {
  into.sum.merge(from.sum);
  into.samples += from.samples;
}

void merge_into(Rate& into, const Rate& from) {
  into.trues += from.trues;
  into.total += from.total;
}

void merge_into(Trend& into, const Trend& from) { into.merge(from); }

}  // namespace

double Counter::per_second(Nanoseconds elapsed) const {
  return elapsed <= 0ns ? 0 : sum.value() / to_seconds(elapsed);
}

double Rate::share() const {
  return total == 0 ? 0 : static_cast<double>(trues) / static_cast<double>(total);
}

Sink make_sink(MetricType type, ValueKind contains) {
  switch (type) {
    case MetricType::kCounter:
      return Counter{};
    case MetricType::kGauge:
      return Gauge{};
    case MetricType::kRate:
      return Rate{};
    case MetricType::kTrend:
      break;
  }
  return Trend(contains);
}

void add(Sink& sink, double value, TimePoint at) {
  std::visit(Overloaded{[&](Counter& counter) {
                          counter.sum.add(value);
                          ++counter.samples;
                        },
                        [&](Gauge& gauge) { add_to(gauge, value, at); },
                        [&](Rate& rate) {
                          rate.trues += value != 0 ? 1 : 0;
                          ++rate.total;
                        },
                        [&](Trend& trend) { trend.add(value); }},
             sink);
}

void merge(Sink& into, const Sink& from) {
  LOADRUN_CHECK(into.index() == from.index());
  std::visit(
      [&from]<typename Kind>(Kind& target) { merge_into(target, *std::get_if<Kind>(&from)); },
      into);
}

void clear(Sink& sink) {
  std::visit(Overloaded{[](Trend& trend) { trend.clear(); }, [](auto& other) { other = {}; }},
             sink);
}

std::uint64_t sample_count(const Sink& sink) {
  return std::visit(Overloaded{[](const Rate& rate) { return rate.total; },
                               [](const Trend& trend) { return trend.count(); },
                               [](const auto& other) { return other.samples; }},
                    sink);
}

bool is_empty(const Sink& sink) { return sample_count(sink) == 0; }

}  // namespace loadrun::metrics
