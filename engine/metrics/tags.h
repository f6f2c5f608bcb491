#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace loadrun::metrics {

/// Tags of a sample, sorted by key, keys unique.
using Tags = std::vector<std::pair<std::string, std::string>>;

/// The value of `key`, or "" when absent (which is how k6 matches a sub-metric `{tag:}`).
std::string_view tag_value(const Tags& tags, std::string_view key);

struct TagSetId {
  std::uint32_t index = 0;
  bool operator==(const TagSetId&) const = default;
};

/// Interned tag sets of one worker; id 0 is the empty set. Extending a set by one tag is cached, so that building
/// the same combination again is a few hash look-ups. Confined to its worker.
class TagTable {
 public:
  TagTable();
  TagTable(const TagTable&) = delete;
  TagTable& operator=(const TagTable&) = delete;

  TagSetId empty() const { return {0}; }
  /// `base` with `key` set to `value` (replacing it when present).
  TagSetId with(TagSetId base, std::string_view key, std::string_view value);
  /// The interned set equal to `tags`.
  TagSetId intern(const Tags& tags);
  /// Valid as long as this table.
  const Tags& tags(TagSetId id) const { return sets_[id.index]; }

 private:
  std::deque<Tags> sets_;
  // ... the implementation's indexes
};

}  // namespace loadrun::metrics
