#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "metrics/balance.h"
#include "metrics/shard.h"
#include "net/http_types.h"
#include "run/system_tags.h"

namespace loadrun::run {

/// What a script thinks of a response; kNone when it does not say.
enum class Verdict : std::uint8_t { kUnexpected, kExpected, kNone };

/// Turns HTTP exchanges into k6's nine samples each, and ours. The series of a combination of tags
/// are looked up once and found again by one hash of what distinguishes them (decision 13), as long
/// as there are not too many. Confined to its worker.
class HttpRecorder {
 public:
  /// `tags` and `shard` outlive this: the worker owns all three.
  HttpRecorder(metrics::TagTable& tags, metrics::Shard& shard, const SystemTags& system_tags);

  /// Records one exchange. `base` are the tags of the VU, the group and the request; `name` the
  /// request's own name tag, which replaces the URL. Without a verdict there is no http_req_failed,
  /// and of the errors only those of requests without a complete response count; without a
  /// `start_lag` no http_req_duration_corrected, which is the duration plus it: how late the
  /// iteration began that this is the first request of, 0 for the others.
  void record(const net::HttpExchange& exchange, metrics::TagSetId base,
              const std::optional<std::string>& name, Verdict verdict,
              std::optional<Nanoseconds> start_lag = std::nullopt);

  /// What came of the requests that were recorded; what was sent is for others to say.
  const metrics::RequestBalance& balance() const { return balance_; }

 private:
  void count_failure(const net::HttpExchange& exchange, std::string_view name);

  static constexpr std::size_t kSamples = 9;
  using SeriesOf = std::array<metrics::SeriesId, kSamples>;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  struct Entry {
    SeriesOf samples;
    metrics::TagSetId tags;
    std::optional<metrics::SeriesId> corrected;  // once there was one
  };

  void record_corrected(Entry& entry, Nanoseconds duration, TimePoint end);
  Entry& find(const net::HttpExchange& exchange, metrics::TagSetId base, std::string_view name,
              Verdict verdict);
  metrics::TagSetId tag(const net::HttpExchange& exchange, metrics::TagSetId base,
                        std::string_view name, Verdict verdict);

  metrics::TagTable& tags_;
  metrics::Shard& shard_;
  SystemTags system_tags_;
  fmt::memory_buffer key_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> series_;
  metrics::RequestBalance balance_;
  Entry uncached_{};  // what find() returned last, when there was no room
};

/// Why there was no complete response, as people are told; "" when there was one.
const std::string& failure_text(const net::HttpExchange& exchange);

/// `url` with "user:password@" replaced by "****:****@", as tags show it.
std::string mask_userinfo(std::string_view url);

}  // namespace loadrun::run
