#include "metrics/metric.h"

#include <algorithm>
#include <array>

namespace loadrun::metrics {

namespace {

struct BuiltinRow {
  Builtin metric;
  std::string_view name;
  MetricType type;
  ValueKind contains;
};

constexpr auto kCounter = MetricType::kCounter;
constexpr auto kGauge = MetricType::kGauge;
constexpr auto kRate = MetricType::kRate;
constexpr auto kTrend = MetricType::kTrend;
constexpr auto kDefault = ValueKind::kDefault;
constexpr auto kTime = ValueKind::kTime;
constexpr auto kData = ValueKind::kData;

constexpr auto kBuiltins = std::to_array<BuiltinRow>({
    {Builtin::kVus, "vus", kGauge, kDefault},
    {Builtin::kVusMax, "vus_max", kGauge, kDefault},
    {Builtin::kIterations, "iterations", kCounter, kDefault},
    {Builtin::kIterationDuration, "iteration_duration", kTrend, kTime},
    {Builtin::kDroppedIterations, "dropped_iterations", kCounter, kDefault},
    {Builtin::kIterationStartLag, "iteration_start_lag", kTrend, kTime},
    {Builtin::kIterationResponse, "iteration_response", kTrend, kTime},
    {Builtin::kIterationsFailed, "iterations_failed", kCounter, kDefault},
    {Builtin::kChecks, "checks", kRate, kDefault},
    {Builtin::kGroupDuration, "group_duration", kTrend, kTime},
    {Builtin::kHttpReqs, "http_reqs", kCounter, kDefault},
    {Builtin::kHttpReqFailed, "http_req_failed", kRate, kDefault},
    {Builtin::kHttpReqDuration, "http_req_duration", kTrend, kTime},
    {Builtin::kHttpReqBlocked, "http_req_blocked", kTrend, kTime},
    {Builtin::kHttpReqConnecting, "http_req_connecting", kTrend, kTime},
    {Builtin::kHttpReqTlsHandshaking, "http_req_tls_handshaking", kTrend, kTime},
    {Builtin::kHttpReqSending, "http_req_sending", kTrend, kTime},
    {Builtin::kHttpReqWaiting, "http_req_waiting", kTrend, kTime},
    {Builtin::kHttpReqReceiving, "http_req_receiving", kTrend, kTime},
    {Builtin::kHttpReqDurationCorrected, "http_req_duration_corrected", kTrend, kTime},
    {Builtin::kDataSent, "data_sent", kCounter, kData},
    {Builtin::kDataReceived, "data_received", kCounter, kData},
    {Builtin::kLoadrunLuaMemory, "loadrun_lua_memory", kGauge, kData},
    {Builtin::kLoadrunPrepareFailed, "loadrun_prepare_failed", kCounter, kDefault},
    {Builtin::kLoadrunThresholdOk, "loadrun_threshold_ok", kRate, kDefault},
    {Builtin::kLoadrunFoldedTags, "loadrun_folded_tags", kCounter, kDefault},
    {Builtin::kLoadrunBusy, "loadrun_busy", kTrend, kDefault},
    {Builtin::kLoadrunTurn, "loadrun_turn", kTrend, kTime},
    {Builtin::kLoadrunTimerLateness, "loadrun_timer_lateness", kTrend, kTime},
    {Builtin::kLoadrunLuaSlice, "loadrun_lua_slice", kTrend, kTime},
    {Builtin::kLoadrunGcSteps, "loadrun_gc_steps", kCounter, kDefault},
    {Builtin::kLoadrunCpuSteal, "loadrun_cpu_steal", kTrend, kDefault},
    {Builtin::kLoadrunCpuThrottled, "loadrun_cpu_throttled", kTrend, kDefault},
    {Builtin::kLoadrunRss, "loadrun_rss", kGauge, kData},
    {Builtin::kLoadrunOpenFiles, "loadrun_open_files", kGauge, kDefault},
    {Builtin::kLoadrunUsedPorts, "loadrun_used_ports", kGauge, kDefault},
    {Builtin::kLoadrunTcpRetransmits, "loadrun_tcp_retransmits", kCounter, kDefault},
    {Builtin::kLoadrunListenDrops, "loadrun_listen_drops", kCounter, kDefault},
    {Builtin::kLoadrunCapacity, "loadrun_capacity", kGauge, kDefault},
});

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kBuiltins.size(); ++i) {
    if (static_cast<std::size_t>(kBuiltins[i].metric) != i) return false;
  }
  return kBuiltins.size() == static_cast<std::size_t>(Builtin::kCount);
}
static_assert(rows_follow_the_enum());

constexpr std::size_t kMinNameLength = 2;
constexpr std::size_t kMaxNameLength = 129;

// Not <cctype>: the rule is ASCII whatever the locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::string_view to_string(MetricType type) {
  constexpr std::array<std::string_view, 4> kNames{"counter", "gauge", "rate", "trend"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view to_string(ValueKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"default", "time", "data"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Metric> builtin_metrics() {
  std::vector<Metric> metrics;
  metrics.reserve(kBuiltins.size());
  for (const BuiltinRow& row : kBuiltins) {
    metrics.push_back({id_of(row.metric), std::string(row.name), row.type, row.contains});
  }
  return metrics;
}

bool valid_metric_name(std::string_view name) {
  if (name.size() < kMinNameLength || name.size() > kMaxNameLength) return false;
  return is_letter(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); });
}

}  // namespace loadrun::metrics
