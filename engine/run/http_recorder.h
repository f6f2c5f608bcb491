#pragma once

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "metrics/shard.h"
#include "net/http_types.h"
#include "run/system_tags.h"

namespace loadrun::run {

/// Turns HTTP exchanges into k6's nine samples each. The series of a combination of tags are looked
/// up once and found again by one hash of what distinguishes them (decision 13). Confined to its
/// worker.
class HttpRecorder {
 public:
  /// `tags` and `shard` outlive this: the worker owns all three.
  HttpRecorder(metrics::TagTable& tags, metrics::Shard& shard, const SystemTags& system_tags);

  /// Records one exchange. `base` are the tags of the VU, the group and the request; `name` the
  /// request's own name tag, which replaces the URL.
  void record(const net::HttpExchange& exchange, metrics::TagSetId base,
              const std::optional<std::string>& name);

 private:
  static constexpr std::size_t kSamples = 9;
  using SeriesOf = std::array<metrics::SeriesId, kSamples>;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  const SeriesOf& find(const net::HttpExchange& exchange, metrics::TagSetId base,
                       std::string_view name);
  metrics::TagSetId tag(const net::HttpExchange& exchange, metrics::TagSetId base,
                        std::string_view name);

  metrics::TagTable& tags_;
  metrics::Shard& shard_;
  SystemTags system_tags_;
  fmt::memory_buffer key_;
  std::unordered_map<std::string, SeriesOf, Hash, std::equal_to<>> series_;
};

/// k6's default response callback: 200 to 399 is expected.
inline bool is_expected(int status) { return status >= 200 && status < 400; }

/// `url` with "user:password@" replaced by "****:****@", as tags show it.
std::string mask_userinfo(std::string_view url);

}  // namespace loadrun::run
