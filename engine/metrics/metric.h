#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loadrun::metrics {

enum class MetricType : std::uint8_t { kCounter, kGauge, kRate, kTrend };

/// What the values are, which decides how they are shown: numbers, milliseconds or bytes.
enum class ValueKind : std::uint8_t { kDefault, kTime, kData };

/// "counter", "gauge", "rate", "trend"; "default", "time", "data".
std::string_view to_string(MetricType type);
std::string_view to_string(ValueKind kind);

/// Index of a metric in the process's Registry.
struct MetricId {
  std::uint32_t index = 0;
  auto operator<=>(const MetricId&) const = default;
};

/// A named quantity: what samples of it are added to.
struct Metric {
  MetricId id;
  std::string name;
  MetricType type;
  ValueKind contains;
};

/// k6's built-in metrics that loadrun emits so far, and those of its own; the enumerator is the
/// MetricId's index in every Registry.
enum class Builtin : std::uint32_t {
  kVus,
  kVusMax,
  kIterations,
  kIterationDuration,
  kDroppedIterations,
  kIterationStartLag,
  kIterationResponse,
  kIterationsFailed,
  kChecks,
  kGroupDuration,
  kHttpReqs,
  kHttpReqFailed,
  kHttpReqDuration,
  kHttpReqBlocked,
  kHttpReqConnecting,
  kHttpReqTlsHandshaking,
  kHttpReqSending,
  kHttpReqWaiting,
  kHttpReqReceiving,
  kHttpReqDurationCorrected,
  kDataSent,
  kDataReceived,
  kLoadrunLuaMemory,
  kLoadrunPrepareFailed,
  kLoadrunThresholdOk,
  kLoadrunFoldedTags,
  kLoadrunBusy,
  kLoadrunTurn,
  kLoadrunTimerLateness,
  kLoadrunLuaSlice,
  kLoadrunGcSteps,
  kLoadrunCpuSteal,
  kLoadrunCpuThrottled,
  kLoadrunRss,
  kLoadrunOpenFiles,
  kLoadrunUsedPorts,
  kLoadrunTcpRetransmits,
  kLoadrunListenDrops,
  kLoadrunCapacity,
  kCount
};

constexpr MetricId id_of(Builtin metric) { return {static_cast<std::uint32_t>(metric)}; }

/// The built-in metrics in the order of `Builtin`.
std::vector<Metric> builtin_metrics();

/// k6's rule for names of custom metrics: ^[a-zA-Z_][a-zA-Z0-9_]{1,128}$.
bool valid_metric_name(std::string_view name);

}  // namespace loadrun::metrics
