#include "metrics/tags.h"

#include <algorithm>
#include <functional>

namespace loadrun::metrics {

namespace {

using Tag = Tags::value_type;

/// Mixes `next` into `seed` (the 64-bit form of Boost's hash_combine).
std::size_t combine(std::size_t seed, std::size_t next) {
  constexpr std::size_t kGoldenRatio = 0x9e3779b97f4a7c15;
  return seed ^ (next + kGoldenRatio + (seed << 12) + (seed >> 4));
}

std::size_t combine(std::size_t seed, std::string_view next) {
  return combine(seed, std::hash<std::string_view>{}(next));
}

}  // namespace

std::string_view tag_value(const Tags& tags, std::string_view key) {
  const auto found = std::ranges::lower_bound(tags, key, std::less<>{}, &Tag::first);
  return found != tags.end() && found->first == key ? std::string_view(found->second) : "";
}

void set_tag(Tags& tags, std::string_view key, std::string_view value) {
  const auto at = std::ranges::lower_bound(tags, key, std::less<>{}, &Tag::first);
  if (at != tags.end() && at->first == key) {
    at->second = value;
  } else {
    tags.emplace(at, key, value);
  }
}

std::size_t hash_of(const Tags& tags) {
  std::size_t hash = tags.size();
  for (const auto& [key, value] : tags) hash = combine(combine(hash, key), value);
  return hash;
}

std::size_t TagTable::ExtensionHash::operator()(const ExtensionView& extension) const {
  return combine(combine(extension.base, extension.key), extension.value);
}

TagTable::TagTable() : sets_(1), by_content_(0, ContentHash{&sets_}, ContentEqual{&sets_}) {
  by_content_.insert(0);
}

TagSetId TagTable::with(TagSetId base, std::string_view key, std::string_view value) {
  const auto known = extensions_.find(ExtensionView{base.index, key, value});
  if (known != extensions_.end()) return known->second;
  return sets_.size() < most_ ? extend(base, key, value) : with_folded(base, key, value);
}

TagSetId TagTable::extend(TagSetId base, std::string_view key, std::string_view value) {
  Tags extended = tags(base);
  set_tag(extended, key, value);
  const TagSetId id = intern(extended);
  const auto kept =
      extensions_.emplace(Extension{base.index, std::string(key), std::string(value)}, id).first;
  values_[kept->first.key].insert(kept->first.value);
  return id;
}

/// What is folded is not remembered: there may be any number of it.
TagSetId TagTable::with_folded(TagSetId base, std::string_view key, std::string_view value) {
  const bool has_room = sets_.size() < 2 * most_;
  const auto values = values_.find(key);
  const bool is_small = values == values_.end() || values->second.size() < kFewValues;
  if (has_room && is_small) return extend(base, key, value);
  ++folded_;
  const auto other = extensions_.find(ExtensionView{base.index, key, kOther});
  if (other != extensions_.end()) return other->second;
  return has_room ? extend(base, key, kOther) : base;
}

TagSetId TagTable::intern(const Tags& tags) {
  const auto known = by_content_.find(tags);
  if (known != by_content_.end()) return {*known};
  const auto index = static_cast<std::uint32_t>(sets_.size());
  sets_.push_back(tags);
  by_content_.insert(index);
  return {index};
}

}  // namespace loadrun::metrics
