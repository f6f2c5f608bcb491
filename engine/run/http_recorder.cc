#include "run/http_recorder.h"

#include "net/request_check.h"

namespace loadrun::run {
namespace {

using metrics::Builtin;

/// In the order of HttpRecorder::record's values.
constexpr std::array<Builtin, 9> kMetrics{
    Builtin::kHttpReqs,       Builtin::kHttpReqFailed,     Builtin::kHttpReqDuration,
    Builtin::kHttpReqBlocked, Builtin::kHttpReqConnecting, Builtin::kHttpReqTlsHandshaking,
    Builtin::kHttpReqSending, Builtin::kHttpReqWaiting,    Builtin::kHttpReqReceiving};

// A script may ask for a new URL each time.
constexpr std::size_t kMostCached = 50'000;

constexpr std::size_t kFailed = 1;  // Where http_req_failed is.

void append(fmt::memory_buffer& key, std::string_view text) {
  key.append(text.data(), text.data() + text.size());
  key.push_back('\0');
}

bool has_failed(const net::HttpExchange& exchange, Verdict verdict) {
  return verdict == Verdict::kUnexpected || (verdict == Verdict::kNone && !exchange.error.empty());
}

template <typename T>
void append_bytes(fmt::memory_buffer& key, const T& value) {
  const auto* bytes = reinterpret_cast<const char*>(&value);
  key.append(bytes, bytes + sizeof value);
}

}  // namespace

HttpRecorder::HttpRecorder(metrics::TagTable& tags, metrics::Shard& shard,
                           const SystemTags& system_tags)
    : tags_(tags), shard_(shard), system_tags_(system_tags) {}

void HttpRecorder::record(const net::HttpExchange& exchange, metrics::TagSetId base,
                          const std::optional<std::string>& name, Verdict verdict,
                          std::optional<Nanoseconds> start_lag) {
  const bool has_userinfo = exchange.url.find('@') != std::string::npos;
  const std::string masked = has_userinfo ? mask_userinfo(exchange.url) : std::string();
  const std::string_view shown = name ? *name : has_userinfo ? masked : exchange.url;
  Entry& series = find(exchange, base, shown, verdict);
  const net::HttpTimings& t = exchange.timings;
  const std::array<double, kSamples> values{1,
                                            verdict == Verdict::kExpected ? 0.0 : 1.0,
                                            to_milliseconds(t.duration()),
                                            to_milliseconds(t.blocked),
                                            to_milliseconds(t.connecting),
                                            to_milliseconds(t.tls_handshaking),
                                            to_milliseconds(t.sending),
                                            to_milliseconds(t.waiting),
                                            to_milliseconds(t.receiving)};
  for (std::size_t i = 0; i < kSamples; ++i) {
    if (i == kFailed && verdict == Verdict::kNone) continue;
    shard_.record(series.samples[i], values[i], exchange.end);
  }
  if (start_lag) record_corrected(series, t.duration() + *start_lag, exchange.end);
  ++(exchange.error_code == 0 ? balance_.responses : balance_.errors_by_code[exchange.error_code]);
  if (has_failed(exchange, verdict)) count_failure(exchange, shown);
}

void HttpRecorder::record_corrected(Entry& entry, Nanoseconds duration, TimePoint end) {
  if (!entry.corrected) {
    entry.corrected = shard_.series(metrics::id_of(Builtin::kHttpReqDurationCorrected), entry.tags);
  }
  shard_.record(*entry.corrected, to_milliseconds(duration), end);
}

void HttpRecorder::count_failure(const net::HttpExchange& exchange, std::string_view name) {
  metrics::RequestExample* const first =
      shard_.errors().requests.add({.code = exchange.error_code, .status = exchange.status});
  if (first == nullptr) return;
  *first = {.at = exchange.end,
            .method = metrics::kept_text(exchange.method),
            .name = metrics::kept_text(name),
            .error = metrics::kept_text(failure_text(exchange))};
}

HttpRecorder::Entry& HttpRecorder::find(const net::HttpExchange& exchange, metrics::TagSetId base,
                                        std::string_view name, Verdict verdict) {
  key_.clear();
  append_bytes(key_, base);
  append_bytes(key_, exchange.status);
  append_bytes(key_, exchange.error_code);
  append_bytes(key_, verdict);
  append(key_, name);
  append(key_, exchange.method);
  append(key_, exchange.proto);
  append(key_, exchange.tls_version);
  append(key_, exchange.error);
  if (system_tags_.ocsp_status) append(key_, net::ocsp_status(exchange));
  const std::string_view key(key_.data(), key_.size());
  if (const auto found = series_.find(key); found != series_.end()) return found->second;
  Entry entry{.samples = {}, .tags = tag(exchange, base, name, verdict), .corrected = {}};
  for (std::size_t i = 0; i < kSamples; ++i) {
    entry.samples[i] = shard_.series(metrics::id_of(kMetrics[i]), entry.tags);
  }
  if (series_.size() >= kMostCached) return uncached_ = entry;
  return series_.emplace(key, entry).first->second;
}

metrics::TagSetId HttpRecorder::tag(const net::HttpExchange& exchange, metrics::TagSetId base,
                                    std::string_view name, Verdict verdict) {
  metrics::TagSetId id = base;
  const auto set = [this, &id](bool enabled, std::string_view tag, std::string_view value) {
    if (enabled && !value.empty()) id = tags_.with(id, tag, value);
  };
  set(system_tags_.name, "name", name);
  set(system_tags_.url, "url", name);
  set(system_tags_.method, "method", exchange.method);
  set(system_tags_.status, "status", fmt::to_string(exchange.status));
  set(system_tags_.proto, "proto", exchange.proto);
  set(system_tags_.tls_version, "tls_version", exchange.tls_version);
  set(system_tags_.ocsp_status, "ocsp_status", net::ocsp_status(exchange));
  set(system_tags_.error, "error", exchange.error);
  set(system_tags_.error_code, "error_code",
      exchange.error_code == 0 ? std::string() : fmt::to_string(exchange.error_code));
  set(system_tags_.expected_response && verdict != Verdict::kNone, "expected_response",
      verdict == Verdict::kExpected ? "true" : "false");
  return id;
}

const std::string& failure_text(const net::HttpExchange& exchange) {
  return exchange.reason.empty() ? exchange.error : exchange.reason;
}

std::string mask_userinfo(std::string_view url) {
  const std::string_view userinfo = net::userinfo_of(url);
  if (userinfo.data() == nullptr) return std::string(url);
  const auto begin = static_cast<std::size_t>(userinfo.data() - url.data());
  return fmt::format("{}****:****{}", url.substr(0, begin), url.substr(begin + userinfo.size()));
}

}  // namespace loadrun::run
