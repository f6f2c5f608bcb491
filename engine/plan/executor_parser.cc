#include "plan/executor_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "plan/capacity_parser.h"
#include "plan/similar_name.h"
#include "plan/stampede_parser.h"

namespace loadrun::plan {
namespace {

using nlohmann::json;

constexpr Nanoseconds kShortest = 1s;
constexpr std::string_view kDurationExample = "a duration, e.g. \"30s\"";

std::int64_t read_vus(ObjectReader& fields, std::string_view key, std::int64_t minimum,
                      std::int64_t otherwise) {
  const std::int64_t vus = fields.integer(key, minimum).value_or(otherwise);
  if (vus > kMaxVus) fields.error(key, fmt::format("the {} exceed max limit of {}", key, kMaxVus));
  return vus;
}

std::int64_t read_count(ObjectReader& fields, std::string_view key) {
  return fields.integer(key, 1).value_or(1);
}

Nanoseconds read_required_duration(ObjectReader& fields) {
  if (!fields.has("duration")) fields.missing("duration", kDurationExample);
  return fields.duration("duration", kShortest).value_or(kShortest);
}

Stage read_stage(const json& element, Place place, Diagnostics& diagnostics) {
  if (!element.is_object()) {
    diagnostics.error(
        place, fmt::format("{} is not a stage (expected a duration and a target)", shown(element)));
    return {};
  }
  ObjectReader fields(element, std::move(place), diagnostics);
  if (!fields.has("duration")) fields.missing("duration", kDurationExample);
  if (!fields.has("target")) fields.missing("target", "a whole number of at least 0");
  Stage stage;
  stage.duration = fields.duration("duration", 0ns).value_or(0ns);
  stage.target = fields.integer("target", 0).value_or(0);
  for (const std::string& key : fields.unread()) {
    fields.error(key, fmt::format("a stage has no such field{}", fields.suggestion_for(key)));
  }
  return stage;
}

std::vector<Stage> read_stages(ObjectReader& fields) {
  if (!fields.has("stages")) {
    fields.missing("stages", "at least one stage has to be specified");
    return {};
  }
  const auto elements = fields.list("stages");
  if (!elements) return {};
  if (elements->empty()) fields.error("stages", "at least one stage has to be specified");
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    stages.push_back(
        read_stage((*elements)[i], fields.place("stages").element(i), fields.diagnostics()));
  }
  return stages;
}

ConstantVus read_constant_vus(ObjectReader& fields) {
  return {.vus = read_vus(fields, "vus", 1, 1), .duration = read_required_duration(fields)};
}

RampingVus read_ramping_vus(ObjectReader& fields) {
  RampingVus ramp;
  ramp.start_vus = read_vus(fields, "startVUs", 0, 1);
  ramp.stages = read_stages(fields);
  ramp.graceful_ramp_down = fields.duration("gracefulRampDown", 0ns).value_or(30s);
  std::int64_t most = ramp.start_vus;
  for (std::size_t i = 0; i < ramp.stages.size(); ++i) {
    const std::int64_t target = ramp.stages[i].target;
    most = std::max(most, target);
    if (target <= kMaxVus) continue;
    fields.error("stages",
                 fmt::format("target for stage {} exceeds max limit of {}", i + 1, kMaxVus));
  }
  if (most == 0 && !ramp.stages.empty()) {
    fields.error("stages", "startVUs or the target of a stage has to be greater than 0");
  }
  return ramp;
}

Nanoseconds read_max_duration(ObjectReader& fields) {
  return fields.duration("maxDuration", kShortest).value_or(10min);
}

SharedIterations read_shared_iterations(ObjectReader& fields) {
  SharedIterations shared;
  shared.vus = read_vus(fields, "vus", 1, 1);
  shared.iterations = read_count(fields, "iterations");
  shared.max_duration = read_max_duration(fields);
  shared.stampede = read_stampede(fields);
  if (shared.iterations < shared.vus) {
    fields.error("iterations", fmt::format("{} iterations cannot be shared among {} VUs (expected "
                                           "at least as many iterations as VUs)",
                                           shared.iterations, shared.vus));
  }
  return shared;
}

PerVuIterations read_per_vu_iterations(ObjectReader& fields) {
  PerVuIterations per_vu;
  per_vu.vus = read_vus(fields, "vus", 1, 1);
  per_vu.iterations = read_count(fields, "iterations");
  per_vu.max_duration = read_max_duration(fields);
  per_vu.stampede = read_stampede(fields);
  return per_vu;
}

// Reads one of two names; the first is the default.
template <typename Choice>
Choice read_choice(ObjectReader& fields, std::string_view key,
                   const std::array<std::pair<std::string_view, Choice>, 2>& choices) {
  const auto text = fields.text(key);
  if (!text || *text == choices[0].first) return choices[0].second;
  if (*text == choices[1].first) return choices[1].second;
  fields.error(key, fmt::format("\"{}\" is neither \"{}\" nor \"{}\"", *text, choices[0].first,
                                choices[1].first));
  return choices[0].second;
}

Nanoseconds read_time_unit(ObjectReader& fields) {
  return fields.duration("timeUnit", 1ns).value_or(1s);
}

// The field `key` and maxVUs, which is the same when unset.
std::pair<std::int64_t, std::int64_t> read_vus_and_most(ObjectReader& fields,
                                                        std::string_view key) {
  const std::int64_t vus = read_vus(fields, key, 0, 0);
  const std::int64_t most = read_vus(fields, "maxVUs", 0, vus);
  if (most < vus) {
    fields.error("maxVUs", fmt::format("{} is less than the {} of {}", most, vus, key));
  }
  return {vus, most};
}

std::pair<std::int64_t, std::int64_t> read_vu_limits(ObjectReader& fields) {
  if (!fields.has("preAllocatedVUs")) {
    fields.missing("preAllocatedVUs", "a whole number of at least 0");
  }
  return read_vus_and_most(fields, "preAllocatedVUs");
}

ArrivalProcess read_arrival(ObjectReader& fields) {
  return read_choice<ArrivalProcess>(
      fields, "arrival",
      {{{"even", ArrivalProcess::kEven}, {"poisson", ArrivalProcess::kPoisson}}});
}

LateStart read_late_start(ObjectReader& fields) {
  return read_choice<LateStart>(fields, "lateStart",
                                {{{"drop", LateStart::kDrop}, {"queue", LateStart::kQueue}}});
}

void check_rate(ObjectReader& fields, std::string_view key, std::int64_t rate) {
  if (rate <= kMaxRate) return;
  fields.error(key, fmt::format("a rate of {} exceeds max limit of {}", rate, kMaxRate));
}

ConstantArrivalRate read_constant_arrival_rate(ObjectReader& fields) {
  ConstantArrivalRate arrivals;
  if (!fields.has("rate")) fields.missing("rate", "a whole number of at least 1");
  arrivals.rate = fields.integer("rate", 1).value_or(1);
  check_rate(fields, "rate", arrivals.rate);
  arrivals.time_unit = read_time_unit(fields);
  arrivals.duration = read_required_duration(fields);
  std::tie(arrivals.pre_allocated_vus, arrivals.max_vus) = read_vu_limits(fields);
  arrivals.arrival = read_arrival(fields);
  arrivals.late_start = read_late_start(fields);
  return arrivals;
}

RampingArrivalRate read_ramping_arrival_rate(ObjectReader& fields) {
  RampingArrivalRate arrivals;
  arrivals.start_rate = fields.integer("startRate", 0).value_or(0);
  check_rate(fields, "startRate", arrivals.start_rate);
  arrivals.time_unit = read_time_unit(fields);
  arrivals.stages = read_stages(fields);
  for (const Stage& stage : arrivals.stages) check_rate(fields, "stages", stage.target);
  std::tie(arrivals.pre_allocated_vus, arrivals.max_vus) = read_vu_limits(fields);
  arrivals.arrival = read_arrival(fields);
  arrivals.late_start = read_late_start(fields);
  return arrivals;
}

ExternallyControlled read_externally_controlled(ObjectReader& fields) {
  ExternallyControlled controlled;
  std::tie(controlled.vus, controlled.max_vus) = read_vus_and_most(fields, "vus");
  if (!fields.has("duration")) {
    fields.missing("duration", "a duration, e.g. \"30s\", or 0 for a run that has no end");
  }
  controlled.duration = fields.duration("duration", 0ns).value_or(0ns);
  return controlled;
}

Capacity read_capacity(ObjectReader& fields) {
  Capacity capacity;
  read_search(fields, capacity);
  capacity.time_unit = read_time_unit(fields);
  std::tie(capacity.pre_allocated_vus, capacity.max_vus) = read_vu_limits(fields);
  if (fields.has("lateStart")) {
    fields.error("lateStart",
                 "is not supported by the executor capacity: an arrival without a VU is dropped, "
                 "and breaks the probe");
  }
  return capacity;
}

struct ExecutorType {
  std::string_view name;
  Executor (*read)(ObjectReader& fields);
};

template <auto kRead>
Executor read_as(ObjectReader& fields) {
  return kRead(fields);
}

constexpr std::array kTypes{
    ExecutorType{"constant-vus", read_as<read_constant_vus>},
    ExecutorType{"ramping-vus", read_as<read_ramping_vus>},
    ExecutorType{"shared-iterations", read_as<read_shared_iterations>},
    ExecutorType{"per-vu-iterations", read_as<read_per_vu_iterations>},
    ExecutorType{"constant-arrival-rate", read_as<read_constant_arrival_rate>},
    ExecutorType{"ramping-arrival-rate", read_as<read_ramping_arrival_rate>},
    ExecutorType{"externally-controlled", read_as<read_externally_controlled>},
    ExecutorType{"capacity", read_as<read_capacity>},
};

}  // namespace

std::optional<Executor> parse_executor(ObjectReader& fields) {
  if (!fields.has("executor")) fields.missing("executor", "the name of one, e.g. \"constant-vus\"");
  const auto name = fields.text("executor");
  if (!name) return std::nullopt;
  std::vector<std::string_view> names;
  for (const ExecutorType& type : kTypes) {
    if (type.name == *name) return type.read(fields);
    names.push_back(type.name);
  }
  fields.error("executor",
               fmt::format("unknown executor type '{}'{}", *name, suggestion(*name, names)));
  return std::nullopt;
}

}  // namespace loadrun::plan
