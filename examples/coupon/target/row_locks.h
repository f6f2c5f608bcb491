#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "coupon/target/connection_pool.h"

namespace loadrun::coupon {

/// The key of a coupon's row.
using RowId = std::uint64_t;

/// One exclusive lock per row, granted in the order of the requests.
class RowLocks {
 public:
  /// True when `query` holds the row now; otherwise it is queued behind the others.
  bool lock(RowId row, QueryId query);

  /// Ends the holder's lock. Returns the query that holds the row from now on, if one was queued.
  /// REQUIRES: the row is locked.
  std::optional<QueryId> unlock(RowId row);

 private:
  std::unordered_map<RowId, std::deque<QueryId>> queues_;  // The front holds the row.
};

}  // namespace loadrun::coupon
