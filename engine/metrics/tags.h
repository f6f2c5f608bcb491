#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace loadrun::metrics {

/// Tags of a sample, sorted by key, keys unique.
using Tags = std::vector<std::pair<std::string, std::string>>;

/// The value of `key`, or "" when absent (which is how k6 matches a sub-metric `{tag:""}`).
std::string_view tag_value(const Tags& tags, std::string_view key);

/// Sets `key` to `value`, replacing it when present and keeping the order.
void set_tag(Tags& tags, std::string_view key, std::string_view value);

/// Hash of a tag set's content.
std::size_t hash_of(const Tags& tags);

/// Index of a tag set in its TagTable.
struct TagSetId {
  std::uint32_t index = 0;
  bool operator==(const TagSetId&) const = default;
};

/// Interned tag sets of one worker; id 0 is the empty set. Extending a set by one tag is cached, so
/// that building the same combination again costs one hash look-up per tag and allocates nothing.
/// Nothing is ever forgotten: memory grows with the number of different combinations, as that of
/// the series does, up to limit(). Confined to its worker.
class TagTable {
 public:
  TagTable();
  TagTable(const TagTable&) = delete;
  TagTable& operator=(const TagTable&) = delete;

  /// What a tag's value becomes when there are too many.
  static constexpr std::string_view kOther = "other";
  /// Tags with fewer values than these are not the ones that grow.
  static constexpr std::size_t kFewValues = 100;

  TagSetId empty() const { return {0}; }
  /// Keeps at most twice as many sets as `most`. From `most` on, new values of tags with many
  /// values become kOther; if that is not enough, new tags are left out.
  void limit(std::size_t most) { most_ = most; }
  /// As if the limit were reached.
  void fold() { most_ = std::min(most_, sets_.size()); }
  /// How often a value was replaced or left out since the last call.
  std::uint64_t take_folded() { return std::exchange(folded_, 0); }
  std::size_t size() const { return sets_.size(); }
  /// `base` with `key` set to `value` (replacing it when present).
  TagSetId with(TagSetId base, std::string_view key, std::string_view value);
  /// The interned set equal to `tags`. REQUIRES: `tags` is sorted, its keys are unique.
  TagSetId intern(const Tags& tags);
  /// Valid as long as this table.
  const Tags& tags(TagSetId id) const { return sets_[id.index]; }

 private:
  /// "Set `base` with tag `key`=`value`", as it is looked up.
  struct ExtensionView {
    std::uint32_t base;
    std::string_view key;
    std::string_view value;
    bool operator==(const ExtensionView&) const = default;
  };
  /// The same, as it is kept.
  struct Extension {
    std::uint32_t base;
    std::string key;
    std::string value;
    operator ExtensionView() const { return {base, key, value}; }
  };
  struct ExtensionHash {
    using is_transparent = void;
    std::size_t operator()(const ExtensionView& extension) const;
  };
  struct ExtensionEqual {
    using is_transparent = void;
    bool operator()(const ExtensionView& a, const ExtensionView& b) const { return a == b; }
  };

  /// Looks sets up by content while storing only their index.
  struct ContentHash {
    using is_transparent = void;
    const std::deque<Tags>* sets;
    std::size_t operator()(const Tags& tags) const { return hash_of(tags); }
    std::size_t operator()(std::uint32_t index) const { return hash_of((*sets)[index]); }
  };
  struct ContentEqual {
    using is_transparent = void;
    const std::deque<Tags>* sets;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const Tags& a, std::uint32_t b) const { return a == (*sets)[b]; }
    bool operator()(std::uint32_t a, const Tags& b) const { return (*sets)[a] == b; }
  };

  TagSetId extend(TagSetId base, std::string_view key, std::string_view value);
  TagSetId with_folded(TagSetId base, std::string_view key, std::string_view value);

  std::size_t most_ = std::numeric_limits<std::size_t>::max() / 2;
  std::uint64_t folded_ = 0;
  std::deque<Tags> sets_;
  std::unordered_set<std::uint32_t, ContentHash, ContentEqual> by_content_;
  std::unordered_map<Extension, TagSetId, ExtensionHash, ExtensionEqual> extensions_;
  // By key; views of what extensions_ keeps.
  std::unordered_map<std::string_view, std::unordered_set<std::string_view>> values_;
};

}  // namespace loadrun::metrics
