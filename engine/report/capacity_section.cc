#include "report/capacity_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.h"
#include "metrics/sequential_test.h"
#include "report/humanize.h"
#include "report/text_table.h"

namespace loadrun::report {
namespace {

using plan::CapacityResult;
using plan::Probe;

constexpr std::size_t kIndent = 4;
constexpr double kConfidence = 1 - 2 * metrics::kErrorRate;

std::string rate_text(std::int64_t rate, const CapacityResult& result) {
  const std::string unit = result.time_unit == 1s ? "s" : format_duration(result.time_unit);
  return fmt::format("{} iters/{}", rate, unit);
}

std::string_view outcome_name(const Probe& probe) {
  switch (probe.outcome) {
    case Probe::Outcome::kHeld:
      return "held";
    case Probe::Outcome::kBroke:
      return "broke";
    case Probe::Outcome::kUnfinished:
      break;
  }
  return "unfinished";
}

/// The answer in a sentence.
std::string found(const CapacityResult& result) {
  if (!result.sustained) {
    return result.broken ? fmt::format("below {}: nothing held", rate_text(*result.broken, result))
                         : "unknown: the run ended before";
  }
  const std::string rate = rate_text(*result.sustained, result);
  const bool in_progress = !result.is_finished;
  if (!result.broken) {
    return fmt::format(
        "at least {}, {}", rate,
        in_progress ? "the run ended before more was known" : "the maxRate of the search");
  }
  const plan::RateInterval interval = plan::interval_of(result);
  return fmt::format("{}, {:.0f} % confidence: {:.0f} to {:.0f}{}{}", rate, kConfidence * 100,
                     *interval.low, *interval.high,
                     result.is_confirmed ? ", confirmed by a hold" : "",
                     in_progress ? ", the run ended before more was known" : "");
}

std::string findings(const CapacityResult& result) {
  const auto line = [](std::string_view name, const std::string& value) {
    return fmt::format("{:{}}{}: {}\n", "", kIndent, name, value);
  };
  std::string text = line("highest sustained rate", found(result));
  if (result.broken) {
    text += line("first to break",
                 fmt::format("{}, at {}", result.broken_by, rate_text(*result.broken, result)));
  }
  if (result.knee) {
    text += line("knee", fmt::format("{}, where rate / mean {} is greatest",
                                     rate_text(*result.knee, result), result.latency_metric));
  }
  return text;
}

std::string latency(std::optional<double> value, const SummaryInput& input) {
  if (!value) return "-";
  return humanize(*value, metrics::ValueKind::kTime, input.plan.summary_time_unit);
}

std::vector<Cell> row_of(const Probe& probe, const SummaryInput& input) {
  const bool is_sure = probe.is_certain || probe.outcome == Probe::Outcome::kUnfinished;
  const bool broke = probe.outcome == Probe::Outcome::kBroke;
  return {{std::to_string(probe.number)},
          {std::string(plan::to_string(probe.order.kind))},
          {std::to_string(probe.order.rate)},
          {std::string(outcome_name(probe)) + (is_sure ? "" : "?"),
           broke ? std::optional(Ink::kRed) : std::nullopt},
          {fmt::format("{:.1f}s", to_seconds(probe.length))},
          {latency(probe.p95, input)},
          {latency(probe.p99, input)},
          {std::to_string(probe.dropped)},
          {probe.broken.empty() ? "-" : probe.broken}};
}

Json number_or_null(std::optional<double> value) { return value ? number(*value) : Json(); }

Json rate_or_null(std::optional<std::int64_t> rate) { return rate ? Json(*rate) : Json(); }

Json probe_object(const Probe& probe) {
  return {{"probe", probe.number},
          {"kind", plan::to_string(probe.order.kind)},
          {"rate", probe.order.rate},
          {"outcome", outcome_name(probe)},
          {"certain", probe.is_certain},
          {"broken_by", probe.broken},
          {"start_s", number(to_seconds(probe.start))},
          {"duration_s", number(to_seconds(probe.length))},
          {"arrivals", probe.arrivals},
          {"dropped", probe.dropped},
          {"completed", probe.completed},
          {"avg_ms", number_or_null(probe.avg)},
          {"p95_ms", number_or_null(probe.p95)},
          {"p99_ms", number_or_null(probe.p99)}};
}

}  // namespace

std::string capacity_lines(const SummaryInput& input, TextStyle style) {
  if (!input.capacity) return {};
  std::vector<std::vector<Cell>> rows{{{"probe"},
                                       {"kind"},
                                       {"rate"},
                                       {"result"},
                                       {"time"},
                                       {"p(95)"},
                                       {"p(99)"},
                                       {"dropped"},
                                       {"broken by"}}};
  for (const Probe& probe : input.capacity->probes) rows.push_back(row_of(probe, input));
  const bool has_doubt = std::ranges::any_of(input.capacity->probes, [](const Probe& probe) {
    return !probe.is_certain && probe.outcome != Probe::Outcome::kUnfinished;
  });
  return findings(*input.capacity) + "\n" + text_table(rows, kIndent, style) +
         (has_doubt ? fmt::format("\n{:{}}?: decided by what was seen until the time was over, "
                                  "without the error rates of {} %\n",
                                  "", kIndent, metrics::kErrorRate * 100)
                    : "");
}

Json capacity_object(const SummaryInput& input) {
  const CapacityResult& result = *input.capacity;
  const plan::RateInterval interval = plan::interval_of(result);
  Json object{{"scenario", result.scenario},
              {"time_unit_s", number(to_seconds(result.time_unit))},
              {"finished", result.is_finished},
              {"confirmed", result.is_confirmed},
              {"sustained_rate", rate_or_null(result.sustained)},
              {"broken_rate", rate_or_null(result.broken)},
              {"interval", {number_or_null(interval.low), number_or_null(interval.high)}},
              {"confidence", kConfidence},
              {"error_rate", metrics::kErrorRate},
              {"broken_by", result.broken_by},
              {"knee_rate", rate_or_null(result.knee)},
              {"latency_metric", result.latency_metric},
              {"probes", Json::array()}};
  for (const Probe& probe : result.probes) object["probes"].push_back(probe_object(probe));
  return object;
}

void add_capacity(Json& document, const SummaryInput& input) {
  if (input.capacity) document["loadrun"]["capacity"] = capacity_object(input);
}

}  // namespace loadrun::report
