#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace loadrun::metrics {

/// Errors that iterations raised at one place with one message.
struct RaisedError {
  std::string file = {};  ///< "" when it is not known where.
  int line = 0;
  std::string message = {};

  auto operator<=>(const RaisedError&) const = default;
};

/// An iteration that raised.
struct RaisedExample {
  TimePoint at{};  ///< When it ended.
  std::string scenario = {};
  std::uint64_t vu = 0;
  std::uint64_t iteration = 0;  ///< `__ITER`.

  auto operator<=>(const RaisedExample&) const = default;
};

/// Requests that failed in one way.
struct RequestError {
  int code = 0;    ///< k6's error code; 0 for a status below 400 that was not expected.
  int status = 0;  ///< 0 without a response.

  auto operator<=>(const RequestError&) const = default;
};

/// A request that failed.
struct RequestExample {
  TimePoint at{};  ///< When it ended.
  std::string method = {};
  std::string name = {};   ///< Its tag `name`: the URL, if the script gave it none.
  std::string error = {};  ///< "" when the status says it all.

  auto operator<=>(const RequestExample&) const = default;
};

/// The start of `text` that is kept of it, at most 300 bytes: with "…" at its end when it was
/// longer. Cuts UTF-8 between characters.
std::string kept_text(std::string_view text);

/// How often each kind of error occurred, with its earliest example. Only the first kMaxKinds kinds
/// are told apart, the others just counted: what it holds is bounded. While there are no others,
/// merging does not depend on the order.
template <typename Kind, typename Example>
class ErrorTable {
 public:
  static constexpr std::size_t kMaxKinds = 100;

  struct Entry {
    std::uint64_t count = 0;
    Example first;
  };
  using Entries = std::map<Kind, Entry>;

  /// Counts one. The example that is to be filled in when it is the first of its kind, else null.
  Example* add(const Kind& kind) {
    Entry* const entry = entry_of(kind);
    if (entry == nullptr) ++others_;
    if (entry == nullptr || entry->count++ > 0) return nullptr;
    return &entry->first;
  }

  void merge(const ErrorTable& from) {
    for (const auto& [kind, added] : from.entries_) {
      Entry* const entry = entry_of(kind);
      if (entry == nullptr) {
        others_ += added.count;
        continue;
      }
      if (entry->count == 0 || added.first < entry->first) entry->first = added.first;
      entry->count += added.count;
    }
    others_ += from.others_;
  }

  void clear() {
    entries_.clear();
    others_ = 0;
  }

  const Entries& entries() const { return entries_; }
  /// Errors of kinds that are not told apart.
  std::uint64_t others() const { return others_; }
  /// All errors.
  std::uint64_t total() const {
    std::uint64_t total = others_;
    for (const auto& [kind, entry] : entries_) total += entry.count;
    return total;
  }

 private:
  /// Null for a new kind when there is no place.
  Entry* entry_of(const Kind& kind) {
    if (entries_.size() < kMaxKinds) return &entries_[kind];
    const auto known = entries_.find(kind);
    return known == entries_.end() ? nullptr : &known->second;
  }

  Entries entries_;
  std::uint64_t others_ = 0;
};

/// What went wrong in a run or a part of it. Mergeable.
struct Errors {
  ErrorTable<RaisedError, RaisedExample> iterations;
  ErrorTable<RequestError, RequestExample> requests;

  void merge(const Errors& from) {
    iterations.merge(from.iterations);
    requests.merge(from.requests);
  }
  void clear() {
    iterations.clear();
    requests.clear();
  }
  std::uint64_t total() const { return iterations.total() + requests.total(); }
};

}  // namespace loadrun::metrics
