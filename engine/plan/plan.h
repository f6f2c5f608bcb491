#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "metrics/tags.h"
#include "metrics/threshold.h"

namespace loadrun::plan {

struct Stage {
  Nanoseconds duration{0};
  std::int64_t target = 0;
};

// One struct per executor; fields, defaults and validation: k6-surface 2.3.
struct ConstantVus { std::int64_t vus = 1; Nanoseconds duration{0}; };
struct RampingVus { std::int64_t start_vus = 1; std::vector<Stage> stages; Nanoseconds graceful_ramp_down{30s}; };
struct SharedIterations { std::int64_t vus = 1, iterations = 1; Nanoseconds max_duration{10min}; };
struct PerVuIterations { std::int64_t vus = 1, iterations = 1; Nanoseconds max_duration{10min}; };
struct ConstantArrivalRate { std::int64_t rate = 0; Nanoseconds time_unit{1s}; Nanoseconds duration{0}; std::int64_t pre_allocated_vus = 0, max_vus = 0; };
struct RampingArrivalRate { std::int64_t start_rate = 0; Nanoseconds time_unit{1s}; std::vector<Stage> stages; std::int64_t pre_allocated_vus = 0, max_vus = 0; };
using Executor = std::variant<ConstantVus, RampingVus, SharedIterations, PerVuIterations, ConstantArrivalRate, RampingArrivalRate>;

/// "constant-vus", "ramping-vus", ...
std::string_view executor_name(const Executor& executor);

struct Scenario {
  std::string name;
  Executor executor;
  Nanoseconds start_time{0};
  Nanoseconds graceful_stop{30s};
  std::string exec = "default";
  std::map<std::string, std::string> env;
  metrics::Tags tags;
};

/// The validated, immutable description of a test. Shared read-only by all workers.
struct Plan {
  std::vector<Scenario> scenarios;                       ///< Sorted by name.
  std::vector<metrics::MetricThresholds> thresholds;     ///< Sorted by key.
  metrics::Tags tags;                                    ///< Run-wide tags.
  std::vector<std::string> system_tags;                  ///< Enabled ones, sorted.
  std::string user_agent;                                ///< "" sends none.
  bool insecure_skip_tls_verify = false;
  bool discard_response_bodies = false;
  bool no_connection_reuse = false;
  int max_redirects = 10;
  Nanoseconds setup_timeout{60s}, teardown_timeout{60s};
  std::vector<std::string> summary_trend_stats{"avg", "min", "med", "max", "p(90)", "p(95)"};
  std::string summary_time_unit;                         ///< "", "s", "ms" or "us".
  std::vector<std::string> warnings;                     ///< To be logged once, e.g. unknown option keys.
};

}  // namespace loadrun::plan
