#pragma once

#include <cstdint>
#include <vector>

namespace loadrun::plan {

/// The elements (VUs, iterations, arrivals: 0, 1, 2, ...) of a whole that belong to one part of it:
/// the same positions out of every `period` elements.
struct Stripes {
  std::int64_t period = 1;
  std::vector<std::int64_t> positions{0};  ///< Ascending, each less than period; empty: none.

  bool operator==(const Stripes&) const = default;

  /// How many of the elements 0 .. n-1 are the part's.
  std::int64_t share(std::int64_t n) const;
  /// The index in the whole of the part's i-th element (from 0). REQUIRES: positions.
  std::int64_t global_index(std::int64_t i) const;
  /// Whether the element with index k of the whole is the part's; its index in the part is then
  /// share(k).
  bool owns(std::int64_t k) const { return share(k + 1) > share(k); }
};

}  // namespace loadrun::plan
